import type { IncomingMessage } from 'node:http';

/** So much of a body is read before anybody asks for it: nearly all bodies, which need not be stopped and started again then. */
const readAheadBytes = 65_536;

/**
 * The body of a request, read little faster than it is asked for. If the reader stops early, the rest is read and discarded: closing
 * the connection would lose the answer for a client that is still sending (RFC 9112, section 9.6).
 *
 * @throws Error, to whoever reads it, if it ends before it is complete.
 */
export function bodyOf(incoming: IncomingMessage): AsyncIterable<Uint8Array> {
  let chunks: Buffer[] = [];
  let unread = 0;
  let end: { readonly error?: Error } | undefined;
  let wake: () => void = () => undefined;
  incoming
    .on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      unread += chunk.length;
      if (unread >= readAheadBytes) incoming.pause();
      wake();
    })
    .once('end', () => {
      end = {};
      wake();
    })
    .once('error', (error) => {
      end = { error };
      wake();
    });
  return (async function* read() {
    try {
      for (;;) {
        const ready = chunks;
        chunks = [];
        unread = 0;
        yield* ready;
        if (chunks.length > 0) continue;
        if (end?.error !== undefined) throw end.error;
        if (end !== undefined) return;
        const next = Promise.withResolvers<void>();
        wake = next.resolve;
        incoming.resume();
        await next.promise;
      }
    } finally {
      discardRest(incoming);
    }
  })();
}

/** Reads and discards what is still to come of a request, for no longer than a request may take. */
export function discardRest(incoming: IncomingMessage): void {
  if (incoming.readableEnded) return;
  incoming.removeAllListeners('data').removeAllListeners('end').resume();
}
