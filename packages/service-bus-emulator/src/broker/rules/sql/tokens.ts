/** A rule that cannot be used as it is written, or that cannot judge a message. */
export class RuleError extends Error {
  override readonly name = 'RuleError';
}

export interface Token {
  readonly kind: 'word' | 'name' | 'text' | 'integer' | 'double' | 'parameter' | 'symbol' | 'end';
  /** A word in upper case, a name or a text without its quotes, anything else as it is written. */
  readonly value: string;
  /** As it is written. */
  readonly text: string;
  /** Where it begins, counted from 1. */
  readonly position: number;
}

const patterns: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /\s+/y],
  ['word', /\p{L}[\p{L}\p{Nd}_]*/uy],
  ['name', /\[(?:[^\]]|\]\])+\]|"(?:[^"]|"")+"/y],
  ['text', /'(?:[^']|'')*'/y],
  ['double', /(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+/y],
  ['integer', /\d+/y],
  ['parameter', /@[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['symbol', /<>|!=|>=|<=|[=<>+\-*/%(),.;]/y],
];

/** The words of an expression, and its end. Source: Microsoft documentation "Subscription rule SQL filter syntax". */
export function tokensOf(expression: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < expression.length) {
    const [kind, text] = tokenAt(expression, at);
    if (kind !== 'space') tokens.push({ kind, value: unquoted(kind, text), text, position: at + 1 });
    at += text.length;
  }
  tokens.push({ kind: 'end', value: '', text: 'the end', position: at + 1 });
  return tokens;
}

function tokenAt(expression: string, at: number): readonly [Token['kind'] | 'space', string] {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const [text] = pattern.exec(expression) ?? [];
    if (text !== undefined) return [kind, text];
  }
  const found = expression.slice(at, at + 1);
  const isOpen = `'"[`.includes(found);
  throw new RuleError(`Position ${at + 1}: ${isOpen ? `the ${found} has no end` : `"${found}" has no meaning here`}.`);
}

function unquoted(kind: Token['kind'], text: string): string {
  if (kind !== 'name' && kind !== 'text') return text;
  const close = text.slice(-1);
  return text.slice(1, -1).replaceAll(close + close, close);
}
