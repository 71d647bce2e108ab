import { type CorrelationFilter, correlationNames } from '../broker/rules/correlation-filter.ts';
import { createRule, type RuleOptions } from '../broker/rules/rule.ts';
import type { Section } from './problems.ts';

/** A rule of a subscription, with everything of its section. */
export function readRule(name: string, section: Section): RuleOptions {
  const properties = section.section('Properties');
  const type = properties.text('FilterType')?.toLowerCase() ?? 'correlation';
  const rule = {
    name,
    filter:
      type === 'sql' ? readSql(properties, 'SqlFilter') : readCorrelation(properties.section('CorrelationFilter')),
    ...(properties.has('Action') && { action: readSql(properties, 'Action') }),
  };
  const problem = type === 'sql' || type === 'correlation' ? problemOf(rule) : undefined;
  if (type !== 'sql' && type !== 'correlation') properties.problem('FilterType', 'It must be "Correlation" or "Sql".');
  if (problem !== undefined) section.problem('Properties', problem);
  properties.end();
  section.end();
  return rule;
}

function readSql(properties: Section, name: string): string {
  const section = properties.section(name);
  const sql = section.text('SqlExpression');
  if (sql === undefined) section.problem('SqlExpression', 'It is missing.');
  section.end();
  return sql ?? '1=1';
}

function problemOf(rule: RuleOptions): string | undefined {
  try {
    createRule(rule);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

function readCorrelation(section: Section): CorrelationFilter {
  const system = correlationNames.flatMap(([member, name]) => {
    const value = section.text(name);
    return value === undefined ? [] : [[member, value]];
  });
  const properties = section.scalars('Properties');
  section.end();
  return { ...Object.fromEntries(system), ...(Object.keys(properties).length > 0 && { properties }) };
}
