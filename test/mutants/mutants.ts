import { contentBugs } from './bugs/content.ts';
import { identityBugs } from './bugs/identity.ts';
import { layoutBugs } from './bugs/layout.ts';
import { operatorBugs } from './bugs/operator.ts';
import { ownershipBugs } from './bugs/ownership.ts';
import { storeBugs } from './bugs/store.ts';
import { timeBugs } from './bugs/times.ts';
import { tokenBugs } from './bugs/tokens.ts';
import { workBugs } from './bugs/work.ts';
import { writeBugs } from './bugs/writes.ts';
import type { Mutant } from './mutant.ts';

/** Every bug that the proofs have to catch. */
export const mutants: readonly Mutant[] = [
  ...identityBugs,
  ...contentBugs,
  ...ownershipBugs,
  ...operatorBugs,
  ...tokenBugs,
  ...timeBugs,
  ...writeBugs,
  ...workBugs,
  ...storeBugs,
  ...layoutBugs,
];
