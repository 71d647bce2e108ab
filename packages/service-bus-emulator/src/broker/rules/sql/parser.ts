import { systemPropertyNames } from '../../message-properties.ts';
import type { Arithmetic, Comparison, Expression, Predicate, Property, Statement } from './syntax.ts';
import { RuleError, type Token, tokensOf } from './tokens.ts';

/** The condition of a SQL filter. Throws RuleError with the position of what is wrong. */
export function parseFilter(text: string): Predicate {
  const parser = new Parser(text);
  const predicate = parser.predicate();
  parser.end();
  return predicate;
}

/** The statements of a SQL action. Throws RuleError with the position of what is wrong. */
export function parseAction(text: string): readonly Statement[] {
  const parser = new Parser(text);
  const statements: Statement[] = [];
  do statements.push(parser.statement());
  while (!parser.isAtEnd());
  return statements;
}

const reserved = new Set(['AND', 'OR', 'NOT', 'IS', 'NULL', 'IN', 'LIKE', 'ESCAPE', 'EXISTS', 'TRUE', 'FALSE']);
const comparisons: ReadonlySet<string> = new Set(['=', '<>', '!=', '>', '>=', '<', '<=']);
/** No rule that people write is so deep, and a deeper one could overflow the stack. */
const deepest = 200;
const longestInteger = 2n ** 63n - 1n;

type Node = { readonly predicate: Predicate } | { readonly expression: Expression };

/**
 * Conditions and values begin alike, with parentheses: each is read as what it turns out to be, and refused where the other
 * is wanted. Source of the grammar: Microsoft documentation "Subscription rule SQL filter syntax" and "SQL action syntax".
 */
class Parser {
  readonly #tokens: readonly Token[];
  #place = 0;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  predicate(): Predicate {
    const token = this.#token;
    return asPredicate(this.#or(), token);
  }

  statement(): Statement {
    const isSet = this.#takeWord('SET');
    if (!isSet && !this.#takeWord('REMOVE')) throw this.#expected('SET or REMOVE');
    const property = this.#property();
    if (isSet) this.#expectSymbol('=');
    const statement: Statement = isSet ? { kind: 'set', property, value: this.#value() } : { kind: 'remove', property };
    this.#takeSymbol(';');
    return statement;
  }

  isAtEnd(): boolean {
    return this.#token.kind === 'end';
  }

  end(): void {
    if (!this.isAtEnd()) throw this.#expected('the end');
  }

  #or(): Node {
    return this.#chain('OR', 'or', () => this.#chain('AND', 'and', () => this.#not()));
  }

  #chain(word: string, kind: 'and' | 'or', next: () => Node): Node {
    const token = this.#token;
    let node = next();
    while (this.#takeWord(word)) {
      const left = asPredicate(node, token);
      const right = asPredicate(next(), this.#token);
      node = { predicate: { kind, left, right } };
    }
    return node;
  }

  #not(): Node {
    if (!this.#takeWord('NOT')) return this.#condition();
    const token = this.#token;
    return this.#deeper(() => ({ predicate: { kind: 'not', operand: asPredicate(this.#not(), token) } }));
  }

  #condition(): Node {
    if (this.#takeWord('EXISTS')) {
      const property = this.#inParentheses(() => this.#property());
      return { predicate: { kind: 'exists', property } };
    }
    const token = this.#token;
    const node = this.#sum();
    if ('predicate' in node) return node;
    const { expression } = node;
    if (this.#token.kind === 'symbol' && comparisons.has(this.#token.value)) {
      const operator = this.#take().value.replace('!=', '<>') as Comparison;
      return { predicate: { kind: 'comparison', operator, left: expression, right: this.#value() } };
    }
    if (this.#takeWord('IS')) {
      const isNot = this.#takeWord('NOT');
      if (!this.#takeWord('NULL')) throw this.#expected('NULL');
      if (!isProperty(expression)) throw problem(token, 'only a property can be asked whether it IS NULL');
      return { predicate: negatedIf(isNot, { kind: 'isNull', property: expression }) };
    }
    const isNot = this.#takeWord('NOT');
    if (this.#takeWord('IN')) return { predicate: negatedIf(isNot, this.#in(expression)) };
    if (this.#takeWord('LIKE')) return { predicate: negatedIf(isNot, this.#like(expression)) };
    if (isNot) throw this.#expected('IN or LIKE');
    return node;
  }

  #in(operand: Expression): Predicate {
    return this.#inParentheses(() => {
      const list = [this.#value()];
      while (this.#takeSymbol(',')) list.push(this.#value());
      return { kind: 'in', operand, list };
    });
  }

  #like(operand: Expression): Predicate {
    const pattern = this.#value();
    return { kind: 'like', operand, pattern, escape: this.#takeWord('ESCAPE') ? this.#value() : undefined };
  }

  #value(): Expression {
    const token = this.#token;
    return asExpression(this.#sum(), token);
  }

  #sum(): Node {
    return this.#operation(['+', '-'], () => this.#operation(['*', '/', '%'], () => this.#signed()));
  }

  #operation(operators: readonly string[], next: () => Node): Node {
    const token = this.#token;
    let node = next();
    while (this.#token.kind === 'symbol' && operators.includes(this.#token.value)) {
      const operator = this.#take().value as Arithmetic;
      const left = asExpression(node, token);
      const right = asExpression(next(), this.#token);
      node = { expression: { kind: 'arithmetic', operator, left, right } };
    }
    return node;
  }

  #signed(): Node {
    const { kind, value } = this.#token;
    if (kind !== 'symbol' || (value !== '+' && value !== '-')) return this.#primary();
    this.#take();
    const token = this.#token;
    return this.#deeper(() => {
      const operand = asExpression(this.#signed(), token);
      return { expression: { kind: 'sign', operator: value, operand } };
    });
  }

  #primary(): Node {
    const { kind, value } = this.#token;
    if (kind === 'symbol' && value === '(') return this.#inParentheses(() => this.#or());
    return { expression: this.#constant() ?? this.#function() ?? this.#property() };
  }

  #constant(): Expression | undefined {
    const { kind, value } = this.#token;
    if (kind === 'text') return { kind: 'constant', value: this.#take().value };
    if (kind === 'double') return { kind: 'constant', value: Number(this.#take().value) };
    if (kind === 'parameter') return { kind: 'parameter', name: this.#take().value };
    if (kind === 'integer') {
      if (BigInt(value) > longestInteger) throw problem(this.#token, `${value} is too long for a whole number`);
      return { kind: 'constant', value: BigInt(this.#take().value) };
    }
    if (this.#takeWord('TRUE')) return { kind: 'constant', value: true };
    if (this.#takeWord('FALSE')) return { kind: 'constant', value: false };
    return this.#takeWord('NULL') ? { kind: 'constant', value: undefined } : undefined;
  }

  #function(): Expression | undefined {
    const [word, parenthesis] = [this.#token, this.#tokens[this.#place + 1]];
    if (word.kind !== 'word' || parenthesis?.text !== '(') return undefined;
    const name = this.#take().value.toLowerCase();
    if (name === 'newid') {
      this.#expectSymbol('(');
      this.#expectSymbol(')');
      return { kind: 'newid' };
    }
    if (name !== 'property' && name !== 'p') throw problem(word, `there is no function ${word.text}`);
    return this.#inParentheses(() => ({ kind: 'named', name: this.#value() }));
  }

  #property(): Property {
    const scope = this.#token;
    const name = this.#name();
    if (!this.#takeSymbol('.')) return { kind: 'application', name };
    const prefix = scope.kind === 'word' ? scope.value.toLowerCase() : '';
    if (prefix === 'user') return { kind: 'application', name: this.#name() };
    if (prefix !== 'sys') throw problem(scope, `"${scope.text}" is not a scope: write sys or user`);
    const token = this.#token;
    const wanted = this.#name().toLowerCase();
    const system = systemPropertyNames.find((each) => each.toLowerCase() === wanted);
    if (system !== undefined) return { kind: 'system', name: system };
    const known = systemPropertyNames.join(', ');
    throw problem(token, `a message has no system property ${token.text} that rules can see. There are ${known}`);
  }

  #name(): string {
    const token = this.#token;
    const isName = token.kind === 'name' || (token.kind === 'word' && !reserved.has(token.value.toUpperCase()));
    if (!isName) throw this.#expected('a property or a value');
    return this.#take().value;
  }

  #inParentheses<Result>(read: () => Result): Result {
    this.#expectSymbol('(');
    const result = this.#deeper(read);
    this.#expectSymbol(')');
    return result;
  }

  #deeper<Result>(read: () => Result): Result {
    this.#depth += 1;
    if (this.#depth > deepest) throw problem(this.#token, 'the expression is too deep');
    const result = read();
    this.#depth -= 1;
    return result;
  }

  get #token(): Token {
    return this.#tokens[this.#place] as Token; // the last token is the end, which is never taken
  }

  #take(): Token {
    const token = this.#token;
    if (token.kind !== 'end') this.#place += 1;
    return token;
  }

  #takeWord(word: string): boolean {
    const isWord = this.#token.kind === 'word' && this.#token.value.toUpperCase() === word;
    if (isWord) this.#take();
    return isWord;
  }

  #takeSymbol(symbol: string): boolean {
    const isSymbol = this.#token.kind === 'symbol' && this.#token.value === symbol;
    if (isSymbol) this.#take();
    return isSymbol;
  }

  #expectSymbol(symbol: string): void {
    if (!this.#takeSymbol(symbol)) throw this.#expected(`"${symbol}"`);
  }

  #expected(what: string): RuleError {
    return problem(this.#token, `${what} is expected, and here is ${this.#token.text}`);
  }
}

const problem = ({ position }: Token, what: string): RuleError => new RuleError(`Position ${position}: ${what}.`);

function asPredicate(node: Node, token: Token): Predicate {
  if ('predicate' in node) return node.predicate;
  throw problem(token, 'a condition is expected, and here is a value');
}

function asExpression(node: Node, token: Token): Expression {
  if ('expression' in node) return node.expression;
  throw problem(token, 'a value is expected, and here is a condition');
}

const isProperty = (expression: Expression): expression is Property =>
  expression.kind === 'system' || expression.kind === 'application';

const negatedIf = (isNegated: boolean, predicate: Predicate): Predicate =>
  isNegated ? { kind: 'not', operand: predicate } : predicate;
