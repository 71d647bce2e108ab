import { describe, expect, it } from 'vitest';
import type { MessageProperties, PropertyValue } from '../../../src/broker/message-properties.ts';
import { createRule } from '../../../src/broker/rules/rule.ts';
import { compileAction } from '../../../src/broker/rules/sql/sql-action.ts';
import { compileFilter } from '../../../src/broker/rules/sql/sql-filter.ts';

const message = (properties: Record<string, PropertyValue>): MessageProperties => ({
  system: new Map([
    ['Label', 'order'],
    ['MessageId', 'm1'],
  ]),
  application: new Map(Object.entries(properties).map(([name, value]) => [name.toLowerCase(), { name, value }])),
});

const sample = message({
  five: 5n,
  half: 0.5,
  Name: 'Ann',
  yes: true,
  nothing: undefined,
  at: new Date(1_000),
  big: 9_007_199_254_740_993n,
  'with space': 'x]y',
  sys: 'not a scope',
});

describe('a SQL filter', () => {
  it.each([
    ['five = 5'],
    ['user.five = 5'],
    ['FIVE = 5.0'],
    ['five <> 4 AND five != 4'],
    ['five >= 5 AND five <= 5 AND five > 4 AND five < 6'],
    ['5 = five'],
    ['-five = -5 AND - -five = +5'],
    ['five + 1 * 2 = 7 AND (five + 1) * 2 = 12'],
    ['five - 1 - 1 = 3'],
    ['five / 2 = 2 AND five / 2.0 = 2.5 AND five % 3 = 2'],
    ['half * 4 = 2'],
    ['1e3 = 1000 AND .5 = half AND 5. = five AND 1.5E-1 = 0.15'],
    ["Name = 'Ann' AND name + 'a' = 'Anna' AND Name <> 'ann' AND Name > 'Ab'"],
    ["'it''s' = 'it' + '''' + 's'"],
    ['yes = TRUE AND NOT yes = false'],
    ["[with space] = 'x]y' AND \"with space\" = 'x]y'"],
    ["property('with ' + 'space') = 'x]y' AND p('five') = 5"],
    ["sys.Label = 'order' AND SYS.messageid = 'm1'"],
    ["sys = 'not a scope'"],
    ['big = 9007199254740993 AND big <> 9007199254740992'],
    ["Name LIKE 'A%' AND Name LIKE '_nn' AND Name NOT LIKE 'a%' AND Name LIKE '%'"],
    ["'50%' LIKE '50\\%' ESCAPE '\\' AND '500' NOT LIKE '50\\%' ESCAPE '\\'"],
    ["'a[b' LIKE 'a[b' AND 'a.b' LIKE 'a.b' AND 'axb' NOT LIKE 'a.b'"],
    ["Name IN ('Bob', 'Ann') AND five NOT IN (1, 2, 3) AND five IN (2 + 3)"],
    ['EXISTS(five) AND EXISTS(nothing) AND EXISTS(sys.Label) AND NOT EXISTS(gone) AND NOT EXISTS(sys.To)'],
    ['nothing IS NULL AND gone IS NULL AND five IS NOT NULL AND sys.To IS NULL'],
    ['gone = 1 OR five = 5'],
    ['NOT (gone = 1 AND five = 4)'],
    ['five = 4 AND gone = 1 OR five = 5'],
    ['newid() <> newid()'],
    ['at = at'],
    ['((((five)))) = ((5)) AND ((five = 5))'],
    ['five=5 and(not five=4)or 1=2'],
  ])('%s is true', (filter) => {
    expect(compileFilter(filter, new Map())(sample)).toBe(true);
  });

  it.each([
    ['gone = 1'],
    ['NOT gone = 1'],
    ['gone <> 1'],
    ['nothing = NULL'],
    ['gone + 1 > 0'],
    ['-gone = 1'],
    ["gone LIKE '%'"],
    ["gone NOT LIKE '%'"],
    ['gone IN (1)'],
    ['five NOT IN (1, gone)'],
    ['gone = 1 AND five = 5'],
    ['gone = 1 OR five = 4'],
    ["sys.To = 'x'"],
  ])('%s is unknown', (filter) => {
    expect(compileFilter(filter, new Map())(sample)).toBeUndefined();
    expect(createRule({ name: 'r', filter }).matches(() => sample)).toBe(false);
  });

  it.each([
    ["five = 'x'", 'The operator = cannot be applied to a whole number and a text.'],
    ['yes > FALSE', 'The operator > cannot be applied to a truth value and a truth value.'],
    ['five / 0 = 1', '5 / 0 has no value.'],
    ['-Name = 1', 'The operator - cannot be applied to a text.'],
    ['Name * 2 = 1', 'The operator * cannot be applied to a text and a whole number.'],
    ["five LIKE '5'", 'LIKE takes a text, and is given a whole number.'],
    ["Name LIKE 'a' ESCAPE 'ab'", "ESCAPE 'ab' is not one character."],
    ["Name LIKE 'a!' ESCAPE '!'", "The pattern 'a!' ends with its escape character."],
    ['p(five) = 1', 'property() takes a text, and is given a whole number.'],
  ])('%s cannot be judged', (filter, error) => {
    expect(() => compileFilter(filter, new Map())(sample)).toThrow(error);
  });

  it.each([
    ['', 'Position 1: a property or a value is expected, and here is the end.'],
    ['five', 'Position 1: a condition is expected, and here is a value.'],
    ['five = ', 'Position 8: a property or a value is expected, and here is the end.'],
    ['five = 5 five', 'Position 10: the end is expected, and here is five.'],
    ['(five = 5', 'Position 10: ")" is expected, and here is the end.'],
    ['(five = 5) = TRUE', 'Position 12: the end is expected, and here is =.'],
    ['(five = 5) + 1 = 2', 'Position 1: a value is expected, and here is a condition.'],
    ['five AND TRUE', 'Position 1: a condition is expected, and here is a value.'],
    ["Name = 'Ann", "Position 8: the ' has no end."],
    ['five = 5 # six', 'Position 10: "#" has no meaning here.'],
    ['5 IS NULL', 'Position 1: only a property can be asked whether it IS NULL.'],
    ['five IS 5', 'Position 9: NULL is expected, and here is 5.'],
    ['five NOT 5', 'Position 10: IN or LIKE is expected, and here is 5.'],
    ['five IN ()', 'Position 10: a property or a value is expected, and here is ).'],
    ['EXISTS(5)', 'Position 8: a property or a value is expected, and here is 5.'],
    ['upper(Name) = 1', 'Position 1: there is no function upper.'],
    ['message.Name = 1', 'Position 1: "message" is not a scope: write sys or user.'],
    ['sys.Subject = 1', 'Position 5: a message has no system property Subject that rules can see. There are MessageId'],
    ['five = @limit', 'The parameter @limit has no value.'],
    ['five = 99999999999999999999', 'Position 8: 99999999999999999999 is too long for a whole number.'],
    [`${'('.repeat(300)}five${')'.repeat(300)} = 5`, 'the expression is too deep'],
    [`five = ${'5'.repeat(1_024)}`, 'The SQL filter has 1031 characters. It may have 1024.'],
  ])('%s is refused', (filter, error) => {
    expect(() => compileFilter(filter, new Map())).toThrow(error);
  });

  it('takes the values of its parameters', () => {
    const sql = 'five > @low AND Name = @name';
    const rule = createRule({ name: 'r', filter: { sql, parameters: { '@low': 4, '@name': 'Ann' } } });
    expect(rule.matches(() => sample)).toBe(true);
  });

  it('needs no more than text times pattern for whatever pattern', () => {
    const test = compileFilter(`text LIKE '${'%a'.repeat(100)}b'`, new Map());
    expect(test(message({ text: 'a'.repeat(20_000) }))).toBe(false);
  });
});

describe('a SQL action', () => {
  const after = (action: string) => {
    const { system, application } = compileAction(action, new Map())(sample);
    const changed = [...application.values()].filter(
      ({ name, value }) => sample.application.get(name.toLowerCase())?.value !== value,
    );
    return {
      system: Object.fromEntries(system),
      changed: Object.fromEntries(changed.map(({ name, value }) => [name, value])),
      count: application.size - sample.application.size,
    };
  };
  const system = { Label: 'order', MessageId: 'm1' };

  it.each([
    ["SET five = five / 2; SET NAME = Name + '!'", { system, changed: { five: 2n, Name: 'Ann!' }, count: 0 }],
    ['SET new = 1 SET other = new + 1', { system, changed: { new: 1n, other: 2n }, count: 2 }],
    ['REMOVE five; REMOVE gone;', { system, changed: {}, count: -1 }],
    ['REMOVE sys.Label', { system: { MessageId: 'm1' }, changed: {}, count: 0 }],
    ["SET sys.Label = 'x'; SET sys.To = five", { system: { ...system, Label: 'x', To: '5' }, changed: {}, count: 0 }],
    ['SET yes = gone + 1', { system, changed: { yes: undefined }, count: 0 }],
  ])('%s', (action, expected) => {
    expect(after(action)).toEqual(expected);
  });

  it.each([
    ['', 'Position 1: SET or REMOVE is expected, and here is the end.'],
    ['SET five', 'Position 9: "=" is expected, and here is the end.'],
    ['SET five = 5 = 5', 'Position 14: SET or REMOVE is expected, and here is =.'],
    ['REMOVE 5', 'Position 8: a property or a value is expected, and here is 5.'],
    ['SET a = 1; '.repeat(33), 'It has more than 32 statements.'],
  ])('%s is refused', (action, error) => {
    expect(() => compileAction(action, new Map())).toThrow(error);
  });
});
