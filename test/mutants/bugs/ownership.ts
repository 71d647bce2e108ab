import type { Mutant } from '../mutant.ts';

/** Bugs that let somebody write, or own, what is another's. */
export const ownershipBugs: readonly Mutant[] = [
  {
    name: 'a create overwrites whatever is there',
    file: 'src/adapters/in-memory/in-memory-lock-store.ts',
    text: "return condition === 'absent' ? version === undefined : version === condition.version;",
    replacement: "return condition === 'absent' || version === condition.version;",
    danger: 'Two deliveries that come at once both create the lock, and both work.',
  },
  {
    name: 'If-Match is dropped',
    file: 'src/adapters/in-memory/in-memory-lock-store.ts',
    text: "return condition === 'absent' ? version === undefined : version === condition.version;",
    replacement: "return condition === 'absent' ? version === undefined : version !== undefined;",
    danger: 'Two that see a lock expired both take it over; a renewal that lands late steals it back.',
  },
  {
    name: 'versions are counted per name, anew after a deletion',
    file: 'src/adapters/in-memory/in-memory-lock-store.ts',
    text: 'this.#lastVersion}',
    replacement: 'Number((this.#revisions.get(name)?.version ?? \'"0"\').slice(1, -1)) + 1}',
    danger: 'A late write meant for a deleted lock replaces the one that was created since.',
  },
  {
    name: 'a release is unconditional',
    file: 'src/application/lock/owned-write.ts',
    text: '} else if (!meets(stored, condition)) {',
    replacement:
      "} else if (content.state === 'released' && stored !== undefined) {\n" +
      '      condition = { version: stored.version };\n    } else if (!meets(stored, condition)) {',
    danger: 'Who was taken over releases the lock of the next owner, and a third one starts beside it.',
  },
  {
    name: 'a completion is unconditional',
    file: 'src/application/lock/owned-write.ts',
    text: '} else if (!meets(stored, condition)) {',
    replacement:
      "} else if (content.state === 'completed' && stored !== undefined) {\n" +
      '      condition = { version: stored.version };\n    } else if (!meets(stored, condition)) {',
    danger: 'Who was taken over completes the message beside the next owner, which is still at work.',
  },
  {
    name: 'a deletion is unconditional',
    file: 'src/application/lock/owned-write.ts',
    text: "if (stored.record.owner !== record.owner) return mayBeDeleted ? 'deleted' : 'not-ours';",
    replacement: '',
    danger: 'Who was taken over deletes the lock of the next owner when its work is done, and a third one starts.',
  },
  {
    name: 'all executions of a process are one owner',
    file: 'src/application/claim/acquire-lock.ts',
    text: 'new WriteSequence(ports.ids.newOwnerId())',
    replacement: '((ports.ids as any).sequence ??= new WriteSequence(ports.ids.newOwnerId()))',
    danger: 'A second delivery in the process takes the lock of the first for its own, and works beside it.',
  },
  {
    name: 'a completed lock is free',
    file: 'src/domain/lock-policy.ts',
    text: "return { kind: 'skip' };",
    replacement: "return { kind: 'takeover', cause: 'expired', waitMs: noWait };",
    danger: 'Every late duplicate does the work again.',
  },
  {
    name: 'a lost race is decided on what was seen before it',
    file: 'src/application/claim/acquire-lock.ts',
    text: 'stored = outcome.stored;',
    replacement: '',
    danger: 'The loser of a race never learns who won, and gives the message back until it is dead-lettered.',
  },
  {
    name: 'a completion that finds another owner is taken for done',
    file: 'src/application/lock/lock-session.ts',
    text: "if (!isDone) throw this.#lost('to another execution', 'complete');",
    replacement: '',
    danger: 'The message is settled while its new owner is at work; if that one crashes, nobody comes back.',
  },
  {
    name: 'a lock that another has released is taken for done',
    file: 'src/application/lock/lock-session.ts',
    text: "write.stored.record.state === 'completed'",
    replacement: "write.stored.record.state !== 'held'",
    danger: 'The message is settled though its last attempt failed: it is never done.',
  },
  {
    name: 'a delivery that meets an active lock is settled',
    file: 'src/application/process-message.ts',
    text: 'throw new ActiveLockError(key, lock, acquisition.until);',
    replacement: "return { kind: 'skipped' };",
    danger: 'The message is gone from the queue while its owner is at work; if that one crashes, it is never done.',
  },
  {
    name: 'a lock that was lost does not end the work',
    file: 'src/application/lock/lock-session.ts',
    text: 'this.abort(loss);',
    replacement: '',
    danger: 'Work goes on to its end beside the new owner.',
  },
];
