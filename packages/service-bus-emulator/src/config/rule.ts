import { type CorrelationFilter, type CorrelationName, correlationNames } from '../broker/rules/correlation-filter.ts';
import type { RuleOptions } from '../broker/rules/rule.ts';
import type { Section } from './problems.ts';

/** A rule of a subscription, with everything of its section. */
export function readRule(name: string, section: Section): RuleOptions {
  const properties = section.section('Properties');
  const type = properties.text('FilterType') ?? 'Correlation';
  if (properties.has('SqlFilter') || type.toLowerCase() === 'sql') {
    properties.problem('SqlFilter', 'SQL filters are not emulated.');
  }
  if (properties.has('Action')) properties.problem('Action', 'Actions are not emulated.');
  const filter = readCorrelation(properties.section('CorrelationFilter'));
  properties.end();
  section.end();
  return { name, filter };
}

/** How the file calls what the SDKs call the subject. */
const fileNames: Partial<Record<CorrelationName, string>> = { subject: 'Label' };

function readCorrelation(section: Section): CorrelationFilter {
  const system = correlationNames.flatMap((name) => {
    const value = section.text(fileNames[name] ?? name);
    return value === undefined ? [] : [[name, value]];
  });
  const properties = section.scalars('Properties');
  section.end();
  return { ...Object.fromEntries(system), ...(Object.keys(properties).length > 0 && { properties }) };
}
