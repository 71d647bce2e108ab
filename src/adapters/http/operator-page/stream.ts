import type { Board } from './board.ts';
import type { Html } from './html.ts';

export interface PartsStreamOptions {
  readonly board: Board;
  /** All parts as they are now, by their names. */
  readonly parts: () => Promise<Readonly<Record<string, Html>>>;
  /** Aborted when nobody reads it any more, or the host stops. */
  readonly over: AbortSignal;
  /** How many looks of the board lie between two of the stream. */
  readonly everyTicks: number;
}

/** A comment so often tells proxies, and those who read, that the stream is there. */
const ticksOfSilence = 30;

/**
 * Parts of a page as server-sent events: all at first, so that whoever comes back after a break has missed nothing, then those
 * that changed. A reader that is slower than the changes gets fewer of them, and always the latest.
 *
 * Source: WHATWG HTML, "Server-sent events", sections 9.2.5 and 9.2.6.
 */
export function partsStream({ board, parts, over, everyTicks }: PartsStreamOptions): Response {
  const encoder = new TextEncoder();
  const sent = new Map<string, string>();
  let [ticks, silent, count] = [0, 0, 0];
  let isBusy = false;
  let stop = (): void => {};
  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        const write = (text: string) => controller.enqueue(encoder.encode(text));
        const push = async () => {
          // Nobody has taken the last one yet.
          if (isBusy || (controller.desiredSize ?? 0) <= 0) return;
          isBusy = true;
          try {
            const changed = Object.entries(await parts()).filter(([name, { text }]) => sent.get(name) !== text);
            if (over.aborted) return;
            for (const [name, { text }] of changed) sent.set(name, text);
            silent = changed.length === 0 ? silent + 1 : 0;
            if (changed.length > 0) {
              const data = {
                now: board.storeNow,
                parts: Object.fromEntries(changed.map(([name, { text }]) => [name, text])),
              };
              count += 1;
              write(`event: parts\nid: ${count}\ndata: ${JSON.stringify(data)}\n\n`);
            } else if (silent >= ticksOfSilence) {
              silent = 0;
              write(':\n\n');
            }
          } catch {
            // The store does not answer: what was last known stays.
          } finally {
            isBusy = false;
          }
        };
        const unwatch = board.watch(() => {
          ticks += 1;
          if (ticks % everyTicks === 0) void push();
        });
        stop = () => {
          unwatch();
          try {
            controller.close();
          } catch {
            // its reader has closed it
          }
        };
        if (over.aborted) return stop();
        over.addEventListener('abort', stop, { once: true });
        write('retry: 2000\n\n');
        void push();
      },
      cancel: () => stop(),
    },
    { highWaterMark: 4 },
  );
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    },
  });
}
