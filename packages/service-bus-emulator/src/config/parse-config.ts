import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import type { EntityOptions } from '../broker/entity-options.ts';
import { ConfigFileError } from './config-file-error.ts';
import { readEntities } from './entities.ts';
import { Problems, Section } from './problems.ts';

/** The entities that the text of a configuration file names; `file` is what errors call it. */
export function parseConfig(text: string, file = 'The configuration'): EntityOptions {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  if (errors.length > 0)
    throw new ConfigFileError(
      file,
      errors.map((error) => syntaxProblem(text, error)),
    );
  const problems = new Problems();
  const entities = readEntities(new Section(value, '', problems));
  if (problems.found.length > 0) throw new ConfigFileError(file, problems.found);
  return entities;
}

function syntaxProblem(text: string, { error, offset }: ParseError): string {
  const before = text.slice(0, offset).split('\n');
  const column = (before.at(-1) ?? '').length + 1;
  const what = printParseErrorCode(error).replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `Line ${before.length}, column ${column}: ${what}.`;
}
