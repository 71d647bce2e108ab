import { randomUUID } from 'node:crypto';
import type { MessageProperties, PropertyValue } from '../../message-properties.ts';
import { calculate, compare, sign, typeOf } from './operators.ts';
import { likePattern } from './pattern.ts';
import type { Expression, Predicate, Property } from './syntax.ts';
import { RuleError } from './tokens.ts';

/** True, false, or `undefined` for unknown. */
export type Truth = boolean | undefined;
export type Test = (message: MessageProperties) => Truth;
/** `undefined` for unknown. */
export type Evaluation = (message: MessageProperties) => PropertyValue;

/** The values of parameters, by name with its "@". */
export type Parameters = ReadonlyMap<string, PropertyValue>;

/**
 * What a condition says of a message, in the logic of three values. AND and OR look at the right side only if it matters.
 * Throws RuleError for a parameter without a value; the test does for values that cannot be compared. Source: Microsoft
 * documentation "Subscription rule SQL filter syntax", property evaluation semantics.
 */
export function compilePredicate(predicate: Predicate, parameters: Parameters): Test {
  const value = (expression: Expression) => compileExpression(expression, parameters);
  const test = (inner: Predicate) => compilePredicate(inner, parameters);
  switch (predicate.kind) {
    case 'not': {
      const operand = test(predicate.operand);
      return (message) => negation(operand(message));
    }
    case 'and':
      return either(test(predicate.left), test(predicate.right), false);
    case 'or':
      return either(test(predicate.left), test(predicate.right), true);
    case 'comparison': {
      const [left, right] = [value(predicate.left), value(predicate.right)];
      const { operator } = predicate;
      return (message) => ifKnown(left(message), right(message), (one, other) => compare(operator, one, other));
    }
    case 'isNull': {
      const property = compileProperty(predicate.property);
      return (message) => property(message) === undefined;
    }
    case 'exists':
      return existence(predicate.property);
    case 'in':
      return membership(value(predicate.operand), predicate.list.map(value));
    case 'like':
      return likeness(predicate, parameters);
  }
}

export function compileExpression(expression: Expression, parameters: Parameters): Evaluation {
  switch (expression.kind) {
    case 'constant':
      return () => expression.value;
    case 'parameter': {
      if (!parameters.has(expression.name)) throw new RuleError(`The parameter ${expression.name} has no value.`);
      const value = parameters.get(expression.name);
      return () => value;
    }
    case 'system':
    case 'application':
      return compileProperty(expression);
    case 'newid':
      return () => randomUUID();
    case 'named': {
      const name = compileExpression(expression.name, parameters);
      return (message) => {
        const called = name(message);
        return called === undefined
          ? undefined
          : message.application.get(textIn(called, 'property()').toLowerCase())?.value;
      };
    }
    case 'sign': {
      const operand = compileExpression(expression.operand, parameters);
      const { operator } = expression;
      return (message) => {
        const value = operand(message);
        return value === undefined ? undefined : sign(operator, value);
      };
    }
    case 'arithmetic': {
      const left = compileExpression(expression.left, parameters);
      const right = compileExpression(expression.right, parameters);
      const { operator } = expression;
      return (message) => ifKnown(left(message), right(message), (one, other) => calculate(operator, one, other));
    }
  }
}

function compileProperty(property: Property): Evaluation {
  if (property.kind === 'system') return ({ system }) => system.get(property.name);
  const name = property.name.toLowerCase();
  return ({ application }) => application.get(name)?.value;
}

function existence(property: Property): Test {
  if (property.kind === 'system') return ({ system }) => system.has(property.name);
  const name = property.name.toLowerCase();
  return ({ application }) => application.has(name);
}

function membership(operand: Evaluation, list: readonly Evaluation[]): Test {
  return (message) => {
    const value = operand(message);
    if (value === undefined) return undefined;
    let result: Truth = false;
    for (const each of list) {
      const member = each(message);
      if (member === undefined) result = undefined;
      else if (compare('=', value, member)) return true;
    }
    return result;
  };
}

function likeness(predicate: Extract<Predicate, { kind: 'like' }>, parameters: Parameters): Test {
  const value = (expression: Expression) => compileExpression(expression, parameters);
  const [operand, pattern] = [value(predicate.operand), value(predicate.pattern)];
  const escapeCharacter = predicate.escape === undefined ? undefined : value(predicate.escape);
  // Patterns are nearly always constant: they are read once.
  let last: {
    readonly pattern: string;
    readonly escape: string | undefined;
    readonly matches: (text: string) => boolean;
  };
  return (message) => {
    const [text, like, escaped] = [operand(message), pattern(message), escapeCharacter?.(message)];
    if (text === undefined || like === undefined || (escapeCharacter !== undefined && escaped === undefined))
      return undefined;
    const wanted = textIn(like, 'LIKE');
    const character = escaped === undefined ? undefined : textIn(escaped, 'ESCAPE');
    if (last?.pattern !== wanted || last.escape !== character) {
      last = { pattern: wanted, escape: character, matches: likePattern(wanted, character) };
    }
    return last.matches(textIn(text, 'LIKE'));
  };
}

/** OR, or AND, by the value that decides alone. */
const either =
  (left: Test, right: Test, decisive: boolean): Test =>
  (message) => {
    const first = left(message);
    if (first === decisive) return decisive;
    const second = right(message);
    return second === decisive || first !== undefined ? second : undefined;
  };

const negation = (truth: Truth): Truth => (truth === undefined ? undefined : !truth);

const ifKnown = <Result>(
  left: PropertyValue,
  right: PropertyValue,
  apply: (left: Exclude<PropertyValue, undefined>, right: Exclude<PropertyValue, undefined>) => Result,
): Result | undefined => (left === undefined || right === undefined ? undefined : apply(left, right));

function textIn(value: Exclude<PropertyValue, undefined>, where: string): string {
  if (typeof value === 'string') return value;
  throw new RuleError(`${where} takes a text, and is given ${typeOf(value)}.`);
}
