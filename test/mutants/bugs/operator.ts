import type { Mutant } from '../mutant.ts';

/** Bugs of what a person does to a lock by hand. */
export const operatorBugs: readonly Mutant[] = [
  {
    name: 'by hand: an active lock that is released by force is free at once',
    file: 'src/domain/operator-decisions.ts',
    text: "from: 'active', retryAfterMs: lifeOf(record)",
    replacement: "from: 'active', retryAfterMs: atOnce",
    danger: 'The former owner is still within its validity when the next one begins: two work at once.',
  },
  {
    name: 'by hand: an active lock is released without force',
    file: 'src/domain/operator-decisions.ts',
    text: 'if (!isForced) return',
    replacement: 'if (record.attempt < 0) return',
    danger: 'Whoever releases a lock that looks stuck interrupts an owner at work without being told.',
  },
  {
    name: 'by hand: an act keeps the token',
    file: 'src/domain/operator-decisions.ts',
    text: 'fencingToken: tokenOfTakeover(tokenOf(observed), observed.observedAt),',
    replacement: 'fencingToken: tokenOf(observed),',
    danger: 'Two owners of one lock have had the same token: effects cannot tell them apart.',
  },
  {
    name: 'by hand: an answer makes a released lock due at once',
    file: 'src/domain/operator-decisions.ts',
    text: 'retryAfterMs: untilDue(after(writtenAt, retryAfterMs), observedAt),',
    replacement: 'retryAfterMs: atOnce,',
    danger: 'After a release by force, an answer lets the next owner begin beside the former one.',
  },
  {
    name: 'by hand: a step of an owner at work is answered',
    file: 'src/domain/operator-decisions.ts',
    text: "if (record.state === 'held' && !isExpired(observed)) {",
    replacement: "if (record.state === 'held' && record.attempt < 0) {",
    danger: 'The step that a person calls not done is under way, and is run once more.',
  },
];
