import rhea, { type Typed } from 'rhea';
import type { CorrelationFilter } from '../broker/rules/correlation-filter.ts';
import type { RuleFilter, RuleOptions } from '../broker/rules/rule.ts';
import type { Subscription } from '../broker/subscription.ts';
import { propertyValue, typedLike } from './message-properties.ts';
import { plain, typedFields } from './plain.ts';
import { failure, noContent, success } from './reply.ts';
import type { RequestFields } from './request-fields.ts';
import type { Reply } from './request-link.ts';
import { mapOf } from './rhea-internals.ts';

const { types } = rhea;

/** The descriptors of what a rule is made of. Source: Microsoft documentation "AMQP request-response", rule operations. */
const code = {
  ruleDescription: 0x13700000004,
  emptyAction: 0x13700000005,
  sqlAction: 0x13700000006,
  sqlFilter: 0x1370000006,
  trueFilter: 0x1370000007,
  falseFilter: 0x1370000008,
  correlationFilter: 0x1370000009,
} as const;

type Operation = (subscription: Subscription, fields: RequestFields) => Reply;

const addRule: Operation = ({ name, rules }, body) => {
  const rule = ruleIn(textIn(body['rule-name']), body['rule-description']);
  if (rules.add(rule) === 'added') return success({});
  const description = `The messaging entity '${name}/Rules/${rule.name}' already exists.`;
  return failure(409, { condition: 'com.microsoft:entity-already-exists', description });
};

const removeRule: Operation = ({ name, rules }, body) => {
  const rule = textIn(body['rule-name']);
  if (rules.remove(rule) === 'removed') return success({});
  const description = `The messaging entity '${name}/Rules/${rule}' could not be found.`;
  return failure(404, { condition: 'amqp:not-found', description });
};

const enumerateRules: Operation = ({ rules }, body) => {
  const [skip, top] = [Number(plain(body['skip']) ?? 0), Number(plain(body['top']) ?? Number.POSITIVE_INFINITY)];
  const wanted = [...rules].slice(skip, skip + top);
  if (wanted.length === 0) return noContent();
  return success({ rules: wanted.map(({ options }) => ({ 'rule-description': describe(options) })) });
};

export const ruleOperations: ReadonlyMap<string, Operation> = new Map([
  ['com.microsoft:add-rule', addRule],
  ['com.microsoft:remove-rule', removeRule],
  ['com.microsoft:enumerate-rules', enumerateRules],
]);

/** How this protocol calls the members of a correlation filter, in the order of its list. */
const correlationFields: readonly (readonly [keyof CorrelationFilter, string])[] = [
  ['correlationId', 'correlation-id'],
  ['messageId', 'message-id'],
  ['to', 'to'],
  ['replyTo', 'reply-to'],
  ['subject', 'label'],
  ['sessionId', 'session-id'],
  ['replyToSessionId', 'reply-to-session-id'],
  ['contentType', 'content-type'],
];

function ruleIn(name: string, description: Typed | undefined): RuleOptions {
  const fields = typedFields(description);
  const action = expressionIn(fields['sql-rule-action']);
  return { name, filter: filterIn(fields), ...(action !== undefined && { action }) };
}

function filterIn(fields: Readonly<Record<string, Typed>>): RuleFilter {
  const sql = expressionIn(fields['sql-filter']);
  if (sql !== undefined) return sql;
  const correlation = fields['correlation-filter'];
  if (correlation?.value == null) throw new Error('it has neither a sql-filter nor a correlation-filter');
  const { properties, ...system } = typedFields(correlation);
  const members = correlationFields.flatMap(([member, name]) => {
    const value = plain(system[name]) ?? undefined;
    return value === undefined ? [] : [[member, value]];
  });
  const own = Object.entries(typedFields(properties)).map(([name, value]) => [name, propertyValue(value)]);
  return { ...Object.fromEntries(members), ...(own.length > 0 && { properties: Object.fromEntries(own) }) };
}

const expressionIn = (map: Typed | undefined): string | undefined => {
  const { expression } = typedFields(map);
  return expression?.value == null ? undefined : textIn(expression);
};

function describe({ name, filter = true, action }: RuleOptions): Typed {
  const made = action === undefined ? described(code.emptyAction, []) : described(code.sqlAction, sqlFields(action));
  return described(code.ruleDescription, [describeFilter(filter), made, name, types.wrap_timestamp(0)]);
}

function describeFilter(filter: RuleFilter): Typed {
  if (typeof filter === 'boolean') return described(filter ? code.trueFilter : code.falseFilter, []);
  if (typeof filter === 'string' || 'sql' in filter) return described(code.sqlFilter, sqlFields(filter));
  const properties = Object.entries(filter.properties ?? {}).flatMap(([name, value]) => [
    types.wrap_string(name),
    typedLike(undefined, value),
  ]);
  const fields = correlationFields.map(([member]) => filter[member] ?? null);
  return described(code.correlationFilter, [...fields, mapOf(properties)]);
}

/** The expression, and the level of the language that it is in. */
const sqlFields = (expression: Exclude<RuleOptions['action'], undefined>): readonly unknown[] => [
  typeof expression === 'string' ? expression : expression.sql,
  types.wrap_int(20),
];

const described = (descriptor: number, fields: readonly unknown[]): Typed =>
  types.described(types.wrap_ulong(descriptor), types.wrap_list([...fields]));

const textIn = (typed: Typed | undefined): string => {
  const text = plain(typed);
  if (typeof text !== 'string' || text === '') throw new Error('a text is missing');
  return text;
};
