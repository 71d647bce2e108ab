/**
 * The settings do not make a system that could keep its promises. All problems are named; nothing was started. It has no stack:
 * where the settings are read helps nobody, and hides the problems on a terminal.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** What is wrong, a sentence each. */
  declare readonly problems: readonly string[];
  /** What may explain a problem, like a misspelt setting. */
  declare readonly hints: readonly string[];

  constructor(problems: readonly string[], hints: readonly string[] = []) {
    super(`The settings cannot be used:\n${[...problems, ...hints].map((sentence) => `- ${sentence}`).join('\n')}`);
    // Not enumerable: Node would print them once more below the message.
    Object.defineProperties(this, { problems: { value: problems }, hints: { value: hints } });
    this.stack = `${this.name}: ${this.message}`;
  }
}
