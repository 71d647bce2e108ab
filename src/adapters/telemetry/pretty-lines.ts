import { withoutSecrets } from '../../application/without-secrets.ts';
import { errorChain } from './error-chain.ts';
import type { Log, LogLevel } from './log.ts';

/** Which colour a part of a line has, if any. */
export type Paint = (part: LogLevel | 'time' | 'id' | 'detail', text: string) => string;

/**
 * A log for people: time (UTC), level, message ID, sentence; below it, indented, what does not fit into a sentence. What looks
 * like a secret is cut out, and characters that would move the cursor are shown as escapes.
 */
export const prettyLines =
  (
    write: (line: string) => void,
    { timestamp, paint }: { readonly timestamp: () => string; readonly paint: Paint },
  ): Log =>
  (level, sentence, facts = {}) => {
    const time = timestamp().slice('2026-11-22T'.length);
    const { id, rest } = subject(sentence, facts['messageId']);
    const head = `${paint('time', time)} ${paint(level, level.padEnd(5))} ${id === undefined ? '' : `${paint('id', printable(id))}  `}`;
    const lines = [`${head}${printable(withoutSecrets(rest))}`];
    for (const detail of details(sentence, facts)) {
      lines.push(
        ...withoutSecrets(detail)
          .split('\n')
          .map((line) => `  ${paint('detail', printable(line))}`),
      );
    }
    write(lines.join('\n'));
  };

/** The message ID in a column of its own, and the sentence without it. A problem's list comes below its first line. */
function subject(sentence: string, messageId: unknown): { readonly id: string | undefined; readonly rest: string } {
  const [firstLine = ''] = sentence.split('\n- ');
  if (typeof messageId !== 'string') return { id: undefined, rest: firstLine };
  const start = `Message ${messageId}: `;
  return { id: messageId, rest: firstLine.startsWith(start) ? firstLine.slice(start.length) : firstLine };
}

/** What of the facts a person needs: the list of problems, why something failed, and where. */
function details(
  sentence: string,
  { error, cause, stack, problems }: Readonly<Record<string, unknown>>,
): readonly string[] {
  const list = Array.isArray(problems) ? problems.map((problem) => `- ${problem}`) : [];
  if (typeof stack === 'string') return [...list, stack];
  const chains = [error, cause].flatMap((each) => (each instanceof Error ? [errorChain(each)] : []));
  // Mostly the sentence is the error's own, with its name before it.
  return [...list, ...chains.filter((chain) => !sentence.startsWith(chain.replace(/^\w+: /, '')))];
}

/** Control characters, and those that change the direction of writing. Sources: Unicode 16, general category Cc; UAX #9, 2.1 to 2.5. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be found
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const printable = (text: string): string =>
  text.replace(unprintable, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
