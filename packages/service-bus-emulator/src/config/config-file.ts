import { readFile } from 'node:fs/promises';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import type { EntityOptions } from '../broker/entity-options.ts';
import { readEntities } from './entities.ts';
import { Problems, Section } from './problems.ts';

/** A configuration that cannot be used: everything that is wrong in it, each with the path to it. */
export class ConfigFileError extends Error {
  override readonly name = 'ConfigFileError';
  readonly problems: readonly string[];

  constructor(file: string, problems: readonly string[]) {
    super(`${file} cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Reads the configuration file of Microsoft's own emulator: JSON with comments, one namespace with its queues. Source:
 * Microsoft, "Test locally by using the Azure Service Bus emulator", and the Config.json of its installer.
 *
 * @throws ConfigFileError that names everything that is wrong.
 */
export async function readConfigFile(file: string): Promise<EntityOptions> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigFileError(file, [`It cannot be read: ${(error as Error).message}`]);
  }
  return parseConfig(text.replace(/^\uFEFF/, ''), file);
}

/** The same from the text of a file; `file` is what errors call it. */
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
