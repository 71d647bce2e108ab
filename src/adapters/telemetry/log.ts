/** From the least to the most important. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof logLevels)[number];

/** Takes one line of the log: a sentence, and the facts behind it. */
export type Log = (level: LogLevel, sentence: string, facts?: Readonly<Record<string, unknown>>) => void;

/** `log` without the lines that are less important than `least`. */
export const fromLevel = (least: LogLevel, log: Log): Log => {
  const written = new Set(logLevels.slice(logLevels.indexOf(least)));
  return (level, sentence, facts) => {
    if (written.has(level)) log(level, sentence, facts);
  };
};

/** A log that is two. */
export const bothLogs =
  (one: Log, other: Log): Log =>
  (level, sentence, facts) => {
    one(level, sentence, facts);
    other(level, sentence, facts);
  };
