import { type CorrelationFilter, correlationNames } from '../broker/rules/correlation-filter.ts';
import type { RuleFilter, RuleOptions, SqlExpression, SqlParameter } from '../broker/rules/rule.ts';
import { schemaInstance, serviceBusNamespace } from './atom.ts';
import { Refusal } from './refusal.ts';
import { childOf, type Xml, type XmlElement, xml } from './xml.ts';

/** A rule as it is read from `RuleDescription` or `DefaultRuleDescription`. Throws Refusal if something is missing. */
export function readRule(description: XmlElement, name: string): RuleOptions {
  const filter = childOf(description, 'Filter');
  const action = childOf(description, 'Action');
  const type = filter?.attributes.get('type') ?? 'TrueFilter';
  const hasAction = action !== undefined && childOf(action, 'SqlExpression') !== undefined;
  return {
    name,
    filter: filter === undefined ? true : readFilter(filter, type.slice(type.indexOf(':') + 1)),
    ...(hasAction && { action: readSql(action) }),
  };
}

function readFilter(filter: XmlElement, type: string): RuleFilter {
  if (type === 'TrueFilter') return true;
  if (type === 'FalseFilter') return false;
  if (type === 'SqlFilter') return readSql(filter);
  if (type !== 'CorrelationFilter') throw new Refusal(400, `There is no filter of the type '${type}'.`);
  const system = correlationNames.flatMap(([member, name]) => {
    const value = childOf(filter, name)?.text;
    return value === undefined ? [] : [[member, value]];
  });
  const properties = readPairs(childOf(filter, 'Properties'));
  return { ...Object.fromEntries(system), ...(properties !== undefined && { properties }) };
}

function readSql(element: XmlElement): SqlExpression | string {
  const sql = childOf(element, 'SqlExpression')?.text ?? '';
  const parameters = readPairs(childOf(element, 'Parameters'));
  return parameters === undefined ? sql : { sql, parameters };
}

function readPairs(element: XmlElement | undefined): Readonly<Record<string, SqlParameter>> | undefined {
  const pairs = element?.children.flatMap((pair) => {
    const [key, value] = [childOf(pair, 'Key'), childOf(pair, 'Value')];
    return key === undefined || value === undefined ? [] : [[key.text, readValue(value)] as const];
  });
  return pairs === undefined || pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

function readValue({ attributes, text }: XmlElement): SqlParameter {
  const type = attributes.get('type') ?? 'string';
  switch (type.slice(type.indexOf(':') + 1)) {
    case 'int':
    case 'long':
      return BigInt(text);
    case 'double':
      return Number(text);
    case 'boolean':
      return text === 'true';
    case 'dateTime':
      return new Date(text);
    default:
      return text;
  }
}

/** As the service describes a rule. */
export function describeRule({ name, filter = true, action }: RuleOptions, createdAt: Date): Xml {
  const members = [
    describeFilter(filter),
    action === undefined
      ? typed('Action', 'EmptyRuleAction', [])
      : typed('Action', 'SqlRuleAction', describeSql(action)),
    xml('CreatedAt', createdAt.toISOString()),
    xml('Name', name),
  ];
  return xml('RuleDescription', members, { xmlns: serviceBusNamespace, 'xmlns:i': schemaInstance });
}

function describeFilter(filter: RuleFilter): Xml {
  if (filter === true) return typed('Filter', 'TrueFilter', describeSql('1=1'));
  if (filter === false) return typed('Filter', 'FalseFilter', describeSql('1=0'));
  if (typeof filter === 'string' || 'sql' in filter) return typed('Filter', 'SqlFilter', describeSql(filter));
  const { properties }: CorrelationFilter = filter;
  const system = correlationNames.flatMap(([member, name]) =>
    filter[member] === undefined ? [] : [xml(name, filter[member])],
  );
  return typed('Filter', 'CorrelationFilter', [...system, ...describePairs('Properties', properties)]);
}

function describeSql(expression: string | SqlExpression): readonly Xml[] {
  const { sql, parameters = undefined } = typeof expression === 'string' ? { sql: expression } : expression;
  const level = xml('CompatibilityLevel', 20);
  return [xml('SqlExpression', sql), level, ...describePairs('Parameters', parameters)];
}

function describePairs(name: string, pairs: Readonly<Record<string, SqlParameter>> = {}): readonly Xml[] {
  const items = Object.entries(pairs).map(([key, value]) =>
    xml('KeyValueOfstringanyType', [xml('Key', key), describeValue(value)]),
  );
  return items.length === 0 ? [] : [xml(name, items)];
}

/** There are clients that take the prefix of the type for four letters. */
const describeValue = (value: SqlParameter): Xml =>
  xml('Value', value instanceof Date ? value.toISOString() : String(value), {
    'xmlns:d6p1': 'http://www.w3.org/2001/XMLSchema',
    'i:type': `d6p1:${typeNameOf(value)}`,
  });

function typeNameOf(value: SqlParameter): string {
  if (value instanceof Date) return 'dateTime';
  if (typeof value === 'bigint') return BigInt.asIntN(32, value) === value ? 'int' : 'long';
  return typeof value === 'number' ? 'double' : typeof value;
}

const typed = (name: string, type: string, members: readonly Xml[]): Xml => xml(name, members, { 'i:type': type });
