import { withoutSecrets } from '../../application/without-secrets.ts';
import { errorChain } from './error-chain.ts';
import type { Log } from './log.ts';

/**
 * A log of one JSON object a line: `time`, `level`, `message`, and the facts. Errors among the facts are shown with causes, and
 * what looks like a secret is cut out of every text. Whatever the facts are, there is a line, and no throw.
 */
export const jsonLines =
  (write: (line: string) => void, timestamp: () => string): Log =>
  (level, message, facts) => {
    const line = { time: timestamp(), level, message };
    try {
      // The line's own members come first, and win.
      write(JSON.stringify({ ...line, ...facts, ...line }, readableFact));
    } catch (error) {
      write(JSON.stringify({ ...line, unreadableFacts: String(error) }, readableFact));
    }
  };

const readableFact = (_key: string, value: unknown): unknown => {
  if (typeof value === 'string') return withoutSecrets(value);
  if (value instanceof Error) return errorChain(value);
  return typeof value === 'bigint' ? String(value) : value;
};
