import type { Mutant } from '../mutant.ts';

/** Bugs of the fencing tokens, and of those who check them. */
export const tokenBugs: readonly Mutant[] = [
  {
    name: 'a takeover keeps the token',
    file: 'src/domain/fencing-token.ts',
    text: 'Math.max(previous + 1, startOfSecond(observedAt))',
    replacement: 'previous',
    danger: 'An effect cannot tell a process that was frozen from the one that took its lock over.',
  },
  {
    name: 'the token of every create is 1',
    file: 'src/domain/fencing-token.ts',
    text: 'fencingToken(startOfSecond(writtenAt))',
    replacement: 'fencingToken(1)',
    danger:
      'After a deletion tokens start anew, and the effects of the new owner are refused, those of an old one not.',
  },
  {
    name: 'a renewal forgets the token',
    file: 'src/application/lock/lock-session.ts',
    text: 'fencingToken: this.fencingToken,',
    replacement: '',
    danger: "The lock's token grows past that of its owner, and so does the next one's: who owns cannot be told by it.",
  },
  {
    name: 'an effect accepts the same token from another owner',
    file: 'src/adapters/in-memory/in-memory-fenced-store.ts',
    text: 'fence.fencingToken > stored.fencingToken',
    replacement: 'fence.fencingToken >= stored.fencingToken',
    danger: 'Two owners whose locks were created in the same second overwrite each other.',
  },
  {
    name: 'an effect accepts every token',
    file: 'src/adapters/in-memory/in-memory-fenced-store.ts',
    text: 'stored !== undefined && !takesPrecedence(fence, stored)',
    replacement: 'false',
    danger: 'A process that was frozen overwrites the effect of the one that took over.',
  },
  {
    name: 'a stored effect accepts the same token from another owner',
    file: 'src/adapters/azure-blob/effect-mark.ts',
    text: 'Number(mark.fencingtoken) > Number(stored.fencingtoken)',
    replacement: 'Number(mark.fencingtoken) >= Number(stored.fencingtoken)',
    danger: 'Two owners whose locks were created in the same second overwrite each other.',
  },
];
