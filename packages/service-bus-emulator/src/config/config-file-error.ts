/** A configuration that cannot be used: everything that is wrong in it, each with the path to it. */
export class ConfigFileError extends Error {
  override readonly name = 'ConfigFileError';
  readonly problems: readonly string[];

  constructor(file: string, problems: readonly string[]) {
    super(`${file} cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}
