import type { MessageProperties } from '../message-properties.ts';
import { type CorrelationFilter, correlates } from './correlation-filter.ts';
import type { Parameters } from './sql/compile.ts';
import { type Action, compileAction } from './sql/sql-action.ts';
import { compileFilter } from './sql/sql-filter.ts';

/** One rule of a subscription: which messages it takes, and what it makes of them. */
export interface RuleOptions {
  readonly name: string;
  /** Default: every message. */
  readonly filter?: RuleFilter;
  /** Such as `SET level = 'high'; REMOVE draft`. A message that matches is then a copy for this rule alone. */
  readonly action?: string | SqlExpression;
}

/** A SQL filter, such as `level > 3 AND sys.Label LIKE 'order%'`; or a correlation filter; or all messages, or none. */
export type RuleFilter = string | SqlExpression | CorrelationFilter | boolean;

export interface SqlExpression {
  readonly sql: string;
  /** The values of its parameters, by name with the "@". */
  readonly parameters?: Readonly<Record<string, SqlParameter>>;
}

export type SqlParameter = string | number | bigint | boolean | Date;

/** The rule that a subscription has if it is given none. */
export const defaultRule: RuleOptions = { name: '$Default' };

/** A rule that is ready to judge messages. Both functions throw RuleError if they cannot judge this one. */
export interface Rule {
  readonly options: RuleOptions;
  matches(properties: () => MessageProperties): boolean;
  readonly act: Action | undefined;
}

/** Throws RuleError that says what is wrong with the rule. */
export function createRule(options: RuleOptions): Rule {
  const { filter = true, action } = options;
  return {
    options,
    matches: matcherOf(filter),
    act: action === undefined ? undefined : compileAction(...sqlOf(action)),
  };
}

function matcherOf(filter: RuleFilter): Rule['matches'] {
  if (typeof filter === 'boolean') return () => filter;
  if (typeof filter === 'string' || 'sql' in filter) {
    const test = compileFilter(...sqlOf(filter));
    return (properties) => test(properties()) === true;
  }
  return (properties) => correlates(filter, properties());
}

function sqlOf(expression: string | SqlExpression): [string, Parameters] {
  if (typeof expression === 'string') return [expression, new Map()];
  return [expression.sql, new Map(Object.entries(expression.parameters ?? {}))];
}
