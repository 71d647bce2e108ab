import type { MessageIdentity } from '../../domain/work-key.ts';
import type { ReceivedMessage } from '../ports/received-message.ts';
import type { DeadLetterMessage, DeadLetters, QueuedMessages } from './dead-letters.ts';
import type { JudgingPorts } from './judge-letters.ts';

/** Where a message of an ID is. The same ID may have been sent several times. */
export type FoundMessage =
  | { readonly where: 'queue'; readonly received: ReceivedMessage }
  | ({ readonly where: 'dead-letters' } & DeadLetterMessage);

export interface FindingPorts extends Pick<JudgingPorts, 'read' | 'lockNameOf'> {
  readonly letters: DeadLetters;
  readonly queue: QueuedMessages;
}

/** Finds the messages of one ID among those that wait and those that are dead, by reading each of them once. */
export class FindMessage {
  readonly #ports: FindingPorts;

  constructor(ports: FindingPorts) {
    this.#ports = ports;
  }

  /** A page at a time; `looked` is how many were looked at for it. */
  async *run(
    message: MessageIdentity,
  ): AsyncGenerator<{ readonly found: readonly FoundMessage[]; readonly looked: number }> {
    const { queue, letters, read, lockNameOf } = this.#ports;
    const name = lockNameOf(message);
    const isAsked = (received: ReceivedMessage): boolean => {
      const letter = read(received);
      return 'identity' in letter && lockNameOf(letter.identity) === name;
    };
    // The queue first: what is dead-lettered meanwhile is then found among the dead letters.
    for await (const page of queue.pages()) {
      const found = page.filter(isAsked).map((received) => ({ where: 'queue', received }) as const);
      yield { found, looked: page.length };
    }
    for await (const page of letters.pages()) {
      const found = page.filter(({ received }) => isAsked(received));
      yield { found: found.map((letter) => ({ where: 'dead-letters', ...letter })), looked: page.length };
    }
  }
}
