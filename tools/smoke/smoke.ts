import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from './target.ts';

export interface SmokeOptions extends Target {
  /** What is sent, as JSON: something that the app's handler can work on. */
  readonly content: string;
  /** When to give up, in milliseconds from now. A start from zero takes tens of seconds. */
  readonly limitMs: number;
  /** Is told each step when it is done. */
  readonly say: (step: string, what: string) => void;
}

/** What was seen is not what is promised, or nothing was seen in time. The message is a sentence. */
export class SmokeError extends Error {
  override readonly name = 'SmokeError';
}

/**
 * Sends a message, waits until its work is completed, sends it again, and looks whether its lock was written again. A second
 * message that was sent after the duplicate tells when to look: the queue hands it out later.
 *
 * @throws SmokeError if anything is not as promised.
 */
export async function smoke({ origin, key, content, limitMs, say }: SmokeOptions): Promise<void> {
  const over = AbortSignal.timeout(limitMs);
  const ask = request({ origin, key }, over);
  const first = `smoke-${randomUUID()}`;
  const second = `${first}-after`;

  await untilHealthy(ask, over);
  say('health', 'the queue and the locks answer');

  const status = await submit(ask, first, content);
  say('submit', `${first} is accepted`);
  const { etag, attempt } = await untilCompleted(ask, status, over);
  say('work', `completed, attempt ${attempt}`);

  await submit(ask, first, content);
  say('duplicate', 'the same message is accepted again');
  await untilCompleted(ask, await submit(ask, second, content), over);
  say('after', 'a message behind the duplicate is completed');

  const again = await ask(status, { headers: { 'if-none-match': etag } });
  if (again.status !== 304) {
    throw new SmokeError(`The lock of ${first} was written again after its duplicate: ${await again.text()}`);
  }
  say('once', `the lock of ${first} was not written again: its work was done once`);
}

type Ask = (path: string, init?: RequestInit) => Promise<Response>;

const request =
  ({ origin, key }: Target, over: AbortSignal): Ask =>
  async (path, init = {}) => {
    const headers = { ...init.headers, ...(key !== undefined && { 'x-functions-key': key }) };
    try {
      // Followed, a redirection could take the key to another host.
      return await fetch(new URL(path, origin), { ...init, headers, redirect: 'manual', signal: over });
    } catch (error) {
      if (over.aborted) throw new SmokeError('The time is over. "--timeout" gives more.');
      const { cause } = error as Error & { cause?: { code?: string } };
      throw new SmokeError(
        `${origin} does not answer (${cause?.code ?? (error as Error).message}). Is the app started?`,
      );
    }
  };

/** An app that starts answers with errors of its host: 404 before its functions are known, 502 or 503. */
async function untilHealthy(ask: Ask, over: AbortSignal): Promise<void> {
  for (;;) {
    const answer = await ask('/api/health');
    const text = await answer.text();
    if (answer.status === 200) return;
    if (answer.status === 401 || answer.status === 403) throw new SmokeError(`The key was refused: ${answer.status}.`);
    if (answer.status !== 404 && answer.status < 500) throw new SmokeError(`/api/health: ${answer.status} ${text}`);
    await pause(1000, over, `The app is not healthy: ${answer.status} ${text}`);
  }
}

/** @returns the path of the message's status */
async function submit(ask: Ask, id: string, content: string): Promise<string> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': `"${id}"` };
  const answer = await ask('/api/messages', { method: 'POST', headers, body: content });
  const location = answer.headers.get('location');
  if (answer.status !== 202 || location === null) {
    throw new SmokeError(`${id} was not accepted: ${answer.status} ${await answer.text()}`);
  }
  await answer.body?.cancel();
  return location;
}

async function untilCompleted(ask: Ask, path: string, over: AbortSignal): Promise<{ etag: string; attempt: unknown }> {
  for (;;) {
    const answer = await ask(path, { headers: { prefer: 'wait=20' } });
    const text = await answer.text();
    if (answer.status !== 200 && answer.status !== 404 && answer.status !== 503) {
      throw new SmokeError(`${path}: ${answer.status} ${text}`);
    }
    const { status, attempt } = answer.status === 200 ? JSON.parse(text) : {};
    if (status === 'completed') return { etag: answer.headers.get('etag') ?? '', attempt };
    if (status === 'failed') throw new SmokeError(`The work failed. Is "--content" what the handler expects? ${text}`);
    const seconds = Number(answer.headers.get('retry-after') ?? 1);
    await pause(
      Math.min(5, seconds) * 1000,
      over,
      `The message was not completed in time. The last answer was ${text}`,
    );
  }
}

async function pause(ms: number, over: AbortSignal, otherwise: string): Promise<void> {
  try {
    await sleep(ms, undefined, { signal: over });
  } catch {
    throw new SmokeError(otherwise);
  }
}
