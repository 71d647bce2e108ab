import { createRule, defaultRule, type Rule, type RuleOptions } from './rule.ts';

/** The rules of a subscription, by name. Names are not case-sensitive. */
export class RuleSet {
  readonly #rules = new Map<string, Rule>();

  /** Throws RuleError if one is not valid or there twice. */
  constructor(rules: readonly RuleOptions[] = [defaultRule]) {
    for (const rule of rules) {
      if (this.add(rule) === 'exists') throw new Error(`There is a rule ${rule.name} already`);
    }
  }

  [Symbol.iterator](): Iterator<Rule> {
    return this.#rules.values();
  }

  get(name: string): Rule | undefined {
    return this.#rules.get(name.toLowerCase());
  }

  /** Throws RuleError if it is not valid. */
  add(options: RuleOptions): 'added' | 'exists' {
    if (this.get(options.name) !== undefined) return 'exists';
    this.#rules.set(options.name.toLowerCase(), createRule(options));
    return 'added';
  }

  remove(name: string): 'removed' | 'not-found' {
    return this.#rules.delete(name.toLowerCase()) ? 'removed' : 'not-found';
  }
}
