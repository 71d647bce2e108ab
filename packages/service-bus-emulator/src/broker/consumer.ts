import type { StoredMessage } from './stored-message.ts';

export type ReceiveMode = 'peekLock' | 'receiveAndDelete';

/** Who waits at a queue for messages. */
export interface Consumer {
  readonly receiveMode: ReceiveMode;
  /** Whether it can take a message now. If not, it leaves the line, and joins again once it can. */
  hasRoom(): boolean;
  /** Hands over a message: locked for it, or already deleted, by its receive mode. */
  deliver(message: StoredMessage): void;
}
