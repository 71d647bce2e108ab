import { RuleError } from './tokens.ts';

/** Source: Microsoft, "Service Bus quotas". */
const longest = 1_024;

/** Does what can fail for a filter or an action. The error then names it. */
export function asOwnError<Result>(what: 'filter' | 'action', expression: string, body: () => Result): Result {
  if (expression.length > longest) {
    throw new RuleError(`The SQL ${what} has ${expression.length} characters. It may have ${longest}.`);
  }
  try {
    return body();
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    throw new RuleError(`The SQL ${what} "${expression}" is not valid. ${error.message}`);
  }
}
