import { type DurationMs, seconds } from '../../domain/time.ts';

/** The longest time that an answer is held back, in seconds: proxies and clients give up on silence sooner or later. */
export const longestWaitSeconds = 30;

/**
 * How long a client would like to wait for something to happen, by a `Prefer: wait=20` header, and no longer than we let it.
 * Undefined if it did not say so, or not in words that are understood: a preference is never an error.
 *
 * Source: RFC 7240, sections 2 and 4.3. Of a preference that is given twice the first counts.
 */
export function preferredWait(prefer: string | null): DurationMs | undefined {
  // A comma or semicolon within a quoted value separates nothing.
  const plain = (prefer ?? '').replaceAll(/"((?:[^"\\]|\\.)*)"/g, (_, value) => (/^\d+$/.test(value) ? value : 'x'));
  for (const preference of plain.split(',')) {
    const [name = '', value = ''] = (preference.split(';')[0] ?? '').split('=').map((part) => part.trim());
    if (name.toLowerCase() !== 'wait') continue;
    return /^\d+$/.test(value) ? seconds(Math.min(Number(value), longestWaitSeconds)) : undefined;
  }
  return undefined;
}
