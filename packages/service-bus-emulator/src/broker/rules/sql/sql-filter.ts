import { compilePredicate, type Parameters, type Test } from './compile.ts';
import { parseFilter } from './parser.ts';
import { asOwnError } from './sql-error.ts';

/** Makes the test of a SQL filter. Throws RuleError that says what is wrong with it. */
export const compileFilter = (expression: string, parameters: Parameters): Test =>
  asOwnError('filter', expression, () => compilePredicate(parseFilter(expression), parameters));
