import type {
  ApplicationProperty,
  MessageProperties,
  PropertyValue,
  SystemPropertyName,
} from '../../message-properties.ts';
import { compileExpression, type Parameters } from './compile.ts';
import { typeOf } from './operators.ts';
import { parseAction } from './parser.ts';
import { asOwnError } from './sql-error.ts';
import type { Property, Statement } from './syntax.ts';
import { RuleError } from './tokens.ts';

/** What a message's properties are after an action. */
export type Action = (message: MessageProperties) => MessageProperties;

interface Draft {
  readonly system: Map<SystemPropertyName, string>;
  readonly application: Map<string, ApplicationProperty>;
}
type Step = (draft: Draft) => void;

/** How many statements an action may have. Source: Microsoft, "Service Bus quotas". */
const mostStatements = 32;

/** Makes a SQL action: each statement sees what the ones before have done. Throws RuleError that says what is wrong. */
export function compileAction(expression: string, parameters: Parameters): Action {
  const steps = asOwnError('action', expression, () => {
    const statements = parseAction(expression);
    if (statements.length > mostStatements) throw new RuleError(`It has more than ${mostStatements} statements.`);
    return statements.map((statement) => compileStatement(statement, parameters));
  });
  return ({ system, application }) => {
    const draft = { system: new Map(system), application: new Map(application) };
    for (const step of steps) step(draft);
    return draft;
  };
}

function compileStatement(statement: Statement, parameters: Parameters): Step {
  const { property } = statement;
  if (statement.kind === 'remove') return (draft) => remove(draft, property);
  const value = compileExpression(statement.value, parameters);
  return (draft) => set(draft, property, value(draft));
}

function remove({ system, application }: Draft, property: Property): void {
  if (property.kind === 'system') system.delete(property.name);
  else application.delete(property.name.toLowerCase());
}

function set(draft: Draft, property: Property, value: PropertyValue): void {
  if (property.kind === 'application') {
    const key = property.name.toLowerCase();
    const { name } = draft.application.get(key) ?? property;
    draft.application.set(key, { name, value });
  } else if (value === undefined) {
    draft.system.delete(property.name);
  } else if (value instanceof Date || Buffer.isBuffer(value)) {
    throw new RuleError(`sys.${property.name} is a text, and cannot be set to ${typeOf(value)}.`);
  } else {
    draft.system.set(property.name, String(value));
  }
}
