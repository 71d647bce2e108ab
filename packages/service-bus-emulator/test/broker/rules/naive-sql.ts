/**
 * SQL filters as trees, judged by walking them. Written from the documentation's tables and without anything of the
 * emulator, so that the two can be held against each other.
 */
export type Value =
  | { readonly type: 'long'; readonly value: bigint }
  | { readonly type: 'double'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean };

export type Expression =
  | { readonly is: 'constant'; readonly value: Value | null }
  | { readonly is: 'property'; readonly name: string }
  | { readonly is: 'sign'; readonly operator: string; readonly of: Expression }
  | { readonly is: 'arithmetic'; readonly operator: string; readonly left: Expression; readonly right: Expression };

export type Predicate =
  | { readonly is: 'comparison'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly is: 'null' | 'exists'; readonly name: string }
  | { readonly is: 'in'; readonly of: Expression; readonly list: readonly Expression[] }
  | { readonly is: 'like'; readonly of: Expression; readonly pattern: string; readonly escape: string | undefined }
  | { readonly is: 'not'; readonly of: Predicate }
  | { readonly is: 'AND' | 'OR'; readonly left: Predicate; readonly right: Predicate };

export type Message = Readonly<Record<string, Value | null>>;
export type Verdict = 'true' | 'false' | 'unknown' | 'error';

class NoMeaning extends Error {}

export function judge(predicate: Predicate, message: Message): Verdict {
  try {
    return verdict(predicate, message);
  } catch (error) {
    if (error instanceof NoMeaning) return 'error';
    throw error;
  }
}

const and: Record<string, Verdict> = { 'true true': 'true', 'true false': 'false', 'true unknown': 'unknown' };
Object.assign(and, { 'unknown true': 'unknown', 'unknown false': 'false', 'unknown unknown': 'unknown' });
const or: Record<string, Verdict> = { 'false true': 'true', 'false false': 'false', 'false unknown': 'unknown' };
Object.assign(or, { 'unknown true': 'true', 'unknown false': 'unknown', 'unknown unknown': 'unknown' });
const not: Record<string, Verdict> = { true: 'false', false: 'true', unknown: 'unknown' };

function verdict(predicate: Predicate, message: Message): Verdict {
  switch (predicate.is) {
    case 'not':
      return not[verdict(predicate.of, message)] ?? 'error';
    case 'AND': {
      const left = verdict(predicate.left, message);
      return left === 'false' ? left : (and[`${left} ${verdict(predicate.right, message)}`] ?? 'error');
    }
    case 'OR': {
      const left = verdict(predicate.left, message);
      return left === 'true' ? left : (or[`${left} ${verdict(predicate.right, message)}`] ?? 'error');
    }
    case 'null':
      return (message[predicate.name] ?? null) === null ? 'true' : 'false';
    case 'exists':
      return predicate.name in message ? 'true' : 'false';
    case 'comparison':
      return compared(predicate.operator, evaluated(predicate.left, message), evaluated(predicate.right, message));
    case 'in': {
      const of = evaluated(predicate.of, message);
      if (of === null) return 'unknown';
      let hasUnknown = false;
      for (const each of predicate.list) {
        const equal = compared('=', of, evaluated(each, message));
        if (equal === 'true') return 'true';
        if (equal === 'unknown') hasUnknown = true;
      }
      return hasUnknown ? 'unknown' : 'false';
    }
    case 'like': {
      const of = evaluated(predicate.of, message);
      if (of === null) return 'unknown';
      if (of.type !== 'string') throw new NoMeaning();
      return regularExpression(predicate.pattern, predicate.escape).test(of.value) ? 'true' : 'false';
    }
  }
}

function regularExpression(pattern: string, escapeCharacter: string | undefined): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at += 1) {
    let unit = pattern.charAt(at);
    if (unit === escapeCharacter) {
      at += 1;
      if (at >= pattern.length) throw new NoMeaning();
      unit = pattern.charAt(at);
      source += `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    } else if (unit === '%') source += '[^]*';
    else if (unit === '_') source += '[^]';
    else source += `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  }
  return new RegExp(`^${source}$`);
}

function evaluated(expression: Expression, message: Message): Value | null {
  switch (expression.is) {
    case 'constant':
      return expression.value;
    case 'property':
      return message[expression.name] ?? null;
    case 'sign': {
      const of = evaluated(expression.of, message);
      if (of === null) return null;
      if (of.type === 'long') return long(expression.operator === '-' ? 0n - of.value : of.value);
      if (of.type === 'double') return { type: 'double', value: expression.operator === '-' ? -of.value : of.value };
      throw new NoMeaning();
    }
    case 'arithmetic':
      return calculated(expression.operator, evaluated(expression.left, message), evaluated(expression.right, message));
  }
}

function calculated(operator: string, left: Value | null, right: Value | null): Value | null {
  if (left === null || right === null) return null;
  if (left.type === 'boolean' || right.type === 'boolean') throw new NoMeaning();
  if (left.type === 'string' || right.type === 'string') {
    if (operator !== '+') throw new NoMeaning();
    return { type: 'string', value: left.value.toString() + right.value.toString() };
  }
  if (left.type === 'double' || right.type === 'double') {
    const value = doubles[operator]?.(Number(left.value), Number(right.value)) ?? Number.NaN;
    return { type: 'double', value };
  }
  if (right.value === 0n && (operator === '/' || operator === '%')) throw new NoMeaning();
  return long(longs[operator]?.(left.value, right.value) ?? 0n);
}

const doubles: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};
const longs: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a - b * (a / b),
};

/** Within 64 bits, as C# has it without checks. */
function long(value: bigint): Value {
  const lap = 1n << 64n;
  const within = ((value % lap) + lap) % lap;
  return { type: 'long', value: within >= lap / 2n ? within - lap : within };
}

function compared(operator: string, left: Value | null, right: Value | null): Verdict {
  if (left === null || right === null) return 'unknown';
  const [a, b] = [left.value, right.value];
  const isNumber = (type: string) => type === 'long' || type === 'double';
  if (isNumber(left.type) && isNumber(right.type)) {
    if (left.type === right.type) return ordered(operator, a, b);
    return ordered(operator, Number(a), Number(b));
  }
  if (left.type !== right.type) throw new NoMeaning();
  if (left.type === 'boolean' && operator !== '=' && operator !== '<>') throw new NoMeaning();
  return ordered(operator, a, b);
}

function ordered(operator: string, a: Value['value'], b: Value['value']): Verdict {
  const isEqual = a === b;
  const holds =
    (operator === '=' && isEqual) ||
    (operator === '<>' && !isEqual) ||
    (operator.startsWith('<') && operator !== '<>' && a < b) ||
    (operator.startsWith('>') && a > b) ||
    ((operator === '<=' || operator === '>=') && isEqual);
  return holds ? 'true' : 'false';
}
