import type { MessageProperties } from '../message-properties.ts';
import { type CorrelationFilter, correlates } from './correlation-filter.ts';

/** One rule of a subscription: which messages it takes. */
export interface RuleOptions {
  readonly name: string;
  /** Default: every message. */
  readonly filter?: CorrelationFilter;
}

/** The rule that a subscription has if it is given none. */
export const defaultRule: RuleOptions = { name: '$Default' };

/** A rule that is ready to judge messages. */
export interface Rule {
  readonly options: RuleOptions;
  matches(properties: MessageProperties): boolean;
}

export function createRule(options: RuleOptions): Rule {
  const { filter } = options;
  return { options, matches: filter === undefined ? () => true : (properties) => correlates(filter, properties) };
}
