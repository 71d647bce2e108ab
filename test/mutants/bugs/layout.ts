import type { Mutant } from '../mutant.ts';

/** Bugs of where locks are, and of how they get elsewhere. */
export const layoutBugs: readonly Mutant[] = [
  {
    name: 'layout: a process starts while the locks are moved',
    file: 'src/application/layout/layout-check.ts',
    text: 'if (stored.movingTo !== undefined) throw',
    replacement: 'if (stored.movingTo === stored.layout) throw',
    danger: 'It finds no lock where it looks for those that are moved already, and does their work again.',
  },
  {
    name: 'layout: locks of a version without markers do not count',
    file: 'src/application/layout/layout-check.ts',
    text: "if (this.#layout === 'spread' && (await hasFlatLocks(catalog, scope)))",
    replacement: "if (this.#layout === 'flat' && (await hasFlatLocks(catalog, scope)))",
    danger: 'The first process with LOCK_SPREAD=on does all work again that an earlier version has done.',
  },
  {
    name: 'layout: a lock is deleted though its copy is not certain',
    file: 'src/application/layout/move-locks.ts',
    text: "if (copied.kind !== 'written') {",
    replacement: "if (copied.kind === 'conflict') {",
    danger: 'The request is lost, the lock is deleted, and its work is done again.',
  },
  {
    name: 'layout: a lock that is moved gets the token of its new place',
    file: 'src/application/layout/move-locks.ts',
    text: '  fencingToken: tokenOf(stored),\n',
    replacement: '',
    danger: 'The owner that created it has another token from then on than the one its effects bear.',
  },
  {
    name: 'layout: a lock goes over one that has lived on',
    file: 'src/application/layout/move-locks.ts',
    text: ': tokenOf(one) < tokenOf(other);',
    replacement: ': tokenOf(one) !== tokenOf(other);',
    danger: 'What a later owner has done is forgotten.',
  },
  {
    name: 'layout: a move is over after one listing',
    file: 'src/application/layout/move-locks.ts',
    text: 'if (pass.found > 0) continue;',
    replacement: 'if (pass.found < 0) continue;',
    danger: 'A lock that was written behind the place of the listing stays, and nobody looks for it.',
  },
];
