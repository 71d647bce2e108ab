import type { Deployment } from '../deployment.ts';
import { alertRules } from './alerts.ts';
import { appRules } from './app.ts';
import { lockRules } from './locks.ts';
import { nameRules } from './names.ts';
import { roleRules } from './roles.ts';
import type { Rule } from './rule.ts';
import { secretRules } from './secrets.ts';
import { transportRules } from './transport.ts';

export const rules: readonly Rule[] = [
  ...secretRules,
  ...roleRules,
  ...transportRules,
  ...lockRules,
  ...appRules,
  ...alertRules,
  ...nameRules,
];

/** Every rule that a deployment breaks, with where it does. */
export const broken = (deployment: Deployment): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    rules
      .map(({ name, problems }) => [name, problems(deployment)] as const)
      .filter(([, problems]) => problems.length > 0),
  );
