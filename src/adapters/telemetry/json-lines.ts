import { errorText } from '../../application/error-text.ts';

export type LogLevel = 'info' | 'warn' | 'error';

/** Takes one line of the log: a sentence, and the facts behind it. */
export type Log = (level: LogLevel, sentence: string, facts?: Readonly<Record<string, unknown>>) => void;

/**
 * A log of one JSON object a line: `time`, `level`, `message`, and the facts. Errors among the facts are shown with causes.
 * Whatever the facts are, there is a line, and no throw.
 */
export const jsonLines =
  (write: (line: string) => void, timestamp: () => string): Log =>
  (level, message, facts) => {
    const line = { time: timestamp(), level, message };
    try {
      // The line's own members come first, and win.
      write(JSON.stringify({ ...line, ...facts, ...line }, readableFact));
    } catch (error) {
      write(JSON.stringify({ ...line, unreadableFacts: String(error) }));
    }
  };

const readableFact = (_key: string, value: unknown): unknown => {
  if (value instanceof Error) return errorChain(value);
  return typeof value === 'bigint' ? String(value) : value;
};

/** An error and its causes, from the outermost in. No more than ten: a cause can lead back to where it came from. */
function errorChain(error: Error): string {
  const links: string[] = [];
  let cause: unknown = error;
  while (cause !== undefined && links.length < 10) {
    const together = cause instanceof AggregateError ? ` [${cause.errors.map(errorText).join('; ')}]` : '';
    links.push(errorText(cause) + together);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return links.join(' <- ');
}
