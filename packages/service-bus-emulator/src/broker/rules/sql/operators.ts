import type { PropertyValue } from '../../message-properties.ts';
import type { Arithmetic, Comparison } from './syntax.ts';
import { RuleError } from './tokens.ts';

type Known = Exclude<PropertyValue, undefined>;
type Numeric = bigint | number;

/**
 * Compares as C# does after its implicit conversions: whole numbers as such, or both as doubles. Texts are ordered by their
 * UTF-16 units, and false is not before true. Throws RuleError for values that have no such comparison.
 */
export function compare(operator: Comparison, left: Known, right: Known): boolean {
  if (isNumeric(left) && isNumeric(right)) {
    return typeof left === typeof right
      ? ordered(operator, left, right)
      : ordered(operator, Number(left), Number(right));
  }
  if (typeof left === 'string' && typeof right === 'string') return ordered(operator, left, right);
  if (left instanceof Date && right instanceof Date) return ordered(operator, left.getTime(), right.getTime());
  const isEquality = operator === '=' || operator === '<>';
  if (isEquality && typeof left === 'boolean' && typeof right === 'boolean') return ordered(operator, left, right);
  throw notApplicable(operator, left, right);
}

function ordered<Value extends Numeric | string | boolean>(operator: Comparison, left: Value, right: Value): boolean {
  switch (operator) {
    case '=':
      return left === right;
    case '<>':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

/**
 * Calculates as C# does: whole numbers of 64 bits, which divide without a rest and overflow to the other end, or doubles; `+`
 * joins texts. Throws RuleError for values that cannot be calculated with, and for a whole number divided by zero.
 */
export function calculate(operator: Arithmetic, left: Known, right: Known): PropertyValue {
  if (typeof left === 'bigint' && typeof right === 'bigint') return BigInt.asIntN(64, whole(operator, left, right));
  if (isNumeric(left) && isNumeric(right)) return double(operator, Number(left), Number(right));
  if (operator === '+' && canBeJoined(left, right)) return `${left}${right}`;
  throw notApplicable(operator, left, right);
}

function whole(operator: Arithmetic, left: bigint, right: bigint): bigint {
  if (right === 0n && (operator === '/' || operator === '%'))
    throw new RuleError(`${left} ${operator} 0 has no value.`);
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
  }
}

function double(operator: Arithmetic, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
  }
}

export function sign(operator: '+' | '-', operand: Known): PropertyValue {
  if (typeof operand === 'bigint') return operator === '-' ? BigInt.asIntN(64, -operand) : operand;
  if (typeof operand === 'number') return operator === '-' ? -operand : operand;
  throw new RuleError(`The operator ${operator} cannot be applied to ${typeOf(operand)}.`);
}

const isNumeric = (value: Known): value is Numeric => typeof value === 'bigint' || typeof value === 'number';

function canBeJoined(left: Known, right: Known): boolean {
  if (typeof left === 'string') return typeof right === 'string' || isNumeric(right);
  return typeof right === 'string' && isNumeric(left);
}

const notApplicable = (operator: string, left: Known, right: Known): RuleError =>
  new RuleError(`The operator ${operator} cannot be applied to ${typeOf(left)} and ${typeOf(right)}.`);

export function typeOf(value: Known): string {
  if (value instanceof Date) return 'a time';
  switch (typeof value) {
    case 'bigint':
      return 'a whole number';
    case 'number':
      return 'a double';
    case 'string':
      return 'a text';
    case 'boolean':
      return 'a truth value';
    default:
      return 'bytes';
  }
}
