import fc from 'fast-check';
import rhea from 'rhea';
import { expect, it } from 'vitest';
import { AmqpMessage } from '../../../src/amqp/amqp-message.ts';
import { compileFilter } from '../../../src/broker/rules/sql/sql-filter.ts';
import { RuleError } from '../../../src/broker/rules/sql/tokens.ts';
import { generatedCases } from '../../generated-cases.ts';
import { type Expression, judge, type Message, type Predicate, type Value, type Verdict } from './naive-sql.ts';

const { types } = rhea;

/** How names are written in an expression: in any case, and some only between brackets. */
const names = ['a', 'b', 'level', 'with space', 'gone'] as const;
const letters = fc.string({
  unit: fc.constantFrom('a', 'b', 'A', '%', '_', '!', "'", '\\', '.', '\n', 'é'),
  maxLength: 4,
});

const longs = fc.oneof(fc.bigInt(-3n, 3n), fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n));
const value: fc.Arbitrary<Value> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('long' as const), value: longs }) },
  fc.record({ type: fc.constant('double' as const), value: fc.constantFrom(0, 0.5, -1.5, 2, 3, 1e300) }),
  { weight: 2, arbitrary: fc.record({ type: fc.constant('string' as const), value: letters }) },
  fc.record({ type: fc.constant('boolean' as const), value: fc.boolean() }),
);
/** A constant cannot be written with a sign of its own. */
const constant = value.filter(({ value }) => typeof value === 'boolean' || typeof value === 'string' || value >= 0);
const name = fc.constantFrom(...names);

const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ is: fc.constant('property' as const), name }),
    fc.record({ is: fc.constant('constant' as const), value: fc.option(constant, { freq: 20 }) }),
    fc.record({ is: fc.constant('sign' as const), operator: fc.constantFrom('+', '-'), of: tie('expression') }),
    fc.record({
      is: fc.constant('arithmetic' as const),
      operator: fc.constantFrom('+', '-', '*', '/', '%'),
      left: tie('expression'),
      right: tie('expression'),
    }),
  ),
}));

const { predicate } = fc.letrec<{ predicate: Predicate }>((tie) => ({
  predicate: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      is: fc.constant('comparison' as const),
      operator: fc.constantFrom('=', '<>', '<', '<=', '>', '>='),
      left: expression,
      right: expression,
    }),
    fc.record({ is: fc.constantFrom('null' as const, 'exists' as const), name }),
    fc.record({
      is: fc.constant('in' as const),
      of: expression,
      list: fc.array(expression, { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      is: fc.constant('like' as const),
      of: expression,
      pattern: letters,
      escape: fc.option(fc.constantFrom('!', '\\', '_'), { nil: undefined }),
    }),
    fc.record({ is: fc.constant('not' as const), of: tie('predicate') }),
    fc.record({ is: fc.constantFrom('AND' as const, 'OR' as const), left: tie('predicate'), right: tie('predicate') }),
  ),
}));

const message: fc.Arbitrary<Message> = fc.dictionary(
  fc.constantFrom(...names.slice(0, 4)),
  fc.option(value, { freq: 8 }),
  { noNullPrototype: true, minKeys: 2 },
);

/** The tree as text, with parentheses only where a reader of SQL needs them. */
function written(tree: Predicate | Expression, around = 0): string {
  const within = (level: number, text: string) => (level < around ? `(${text})` : text);
  switch (tree.is) {
    case 'OR':
      return within(1, `${written(tree.left, 1)} or ${written(tree.right, 2)}`);
    case 'AND':
      return within(2, `${written(tree.left, 2)} AND ${written(tree.right, 3)}`);
    case 'not':
      return within(3, `NOT ${written(tree.of, 3)}`);
    case 'comparison':
      return within(3, `${written(tree.left, 5)}${tree.operator}${written(tree.right, 5)}`);
    case 'null':
      return within(3, `${nameOf(tree.name)} IS NULL`);
    case 'exists':
      return `EXISTS ( ${nameOf(tree.name)} )`;
    case 'in':
      return within(3, `${written(tree.of, 5)} IN (${tree.list.map((each) => written(each, 5)).join(', ')})`);
    case 'like': {
      const ending = tree.escape === undefined ? '' : ` ESCAPE ${quoted(tree.escape)}`;
      return within(3, `${written(tree.of, 5)} Like ${quoted(tree.pattern)}${ending}`);
    }
    case 'arithmetic': {
      const level = tree.operator === '+' || tree.operator === '-' ? 5 : 6;
      return within(level, `${written(tree.left, level)} ${tree.operator} ${written(tree.right, level + 1)}`);
    }
    case 'sign':
      return within(7, `${tree.operator} ${written(tree.of, 7)}`);
    case 'property':
      return nameOf(tree.name);
    case 'constant':
      return constantOf(tree.value);
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const nameOf = (text: string): string => (text.includes(' ') ? `user.[${text}]` : text.toUpperCase());

function constantOf(constant: Value | null): string {
  if (constant === null) return 'NULL';
  if (constant.type === 'string') return quoted(constant.value);
  if (constant.type !== 'double') return String(constant.value);
  return Number.isInteger(constant.value) ? `${constant.value.toExponential()}` : String(constant.value);
}

/** As a client encodes it, and the broker reads it. */
function properties(message: Message) {
  const typed = Object.entries(message).map(([key, each]) => [key, each === null ? null : typedOf(each)]);
  const encoded = rhea.message.encode({ application_properties: Object.fromEntries(typed), body: '' });
  return AmqpMessage.decode(encoded).readProperties();
}

function typedOf({ type, value }: Value) {
  if (type === 'double') return types.wrap_double(value);
  if (type !== 'long') return value;
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return types.wrap_long(bytes);
}

function verdictOf(filter: string, message: Message): Verdict {
  const test = compileFilter(filter, new Map());
  try {
    return String(test(properties(message)) ?? 'unknown') as Verdict;
  } catch (error) {
    if (error instanceof RuleError) return 'error';
    throw error;
  }
}

it('judges as the documentation has it, whatever the expression and the message', () => {
  const verdicts = new Map<Verdict, number>();
  fc.assert(
    fc.property(predicate, message, (tree, sent) => {
      const filter = written(tree);
      fc.pre(filter.length <= 1_024);
      const expected = judge(tree, sent);
      verdicts.set(expected, (verdicts.get(expected) ?? 0) + 1);
      expect(verdictOf(filter, sent), filter).toBe(expected);
    }),
    { numRuns: generatedCases({ quick: 300, deep: 10_000 }) },
  );
  // Cases that are all alike would prove little.
  expect([...verdicts.keys()].sort()).toEqual(['error', 'false', 'true', 'unknown']);
});
