import type { IncomingMessage } from 'node:http';

/**
 * The body of a request as a web stream, read no faster than it is asked for. Cancelled, it is let pass by instead of broken
 * off: a client that is still sending would lose the answer with the connection (RFC 9112, section 9.6).
 */
export function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      incoming
        .on('data', (chunk: Buffer) => {
          controller.enqueue(chunk);
          if ((controller.desiredSize ?? 0) <= 0) incoming.pause();
        })
        .once('end', () => controller.close())
        .once('error', (error) => controller.error(error))
        .pause();
    },
    pull() {
      incoming.resume();
    },
    cancel() {
      discardRest(incoming);
    },
  });
}

/** Lets what is still to come of a request pass by. For how long is bounded by the time that a request may take. */
export function discardRest(incoming: IncomingMessage): void {
  incoming.removeAllListeners('data').removeAllListeners('end').resume();
}
