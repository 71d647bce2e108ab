import { randomUUID } from 'node:crypto';
import type { StoredMessage } from './stored-message.ts';

/** The locks on a queue's messages, by token. */
export class PeekLocks {
  readonly #messages = new Map<string, StoredMessage>();

  /** The message under this lock. */
  get(token: string): StoredMessage | undefined {
    return this.#messages.get(token);
  }

  lock(message: StoredMessage, until: number): void {
    const token = randomUUID();
    message.lock = { token, until };
    this.#messages.set(token, message);
  }

  /** Whether the message was locked. */
  unlock(message: StoredMessage): boolean {
    if (message.lock === undefined) return false;
    this.#messages.delete(message.lock.token);
    message.lock = undefined;
    return true;
  }

  /** The token of the lock on a message with this ID. */
  tokenOf(messageId: string): string | undefined {
    for (const [token, { content }] of this.#messages) if (content.messageId === messageId) return token;
    return undefined;
  }
}
