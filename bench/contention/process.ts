import { setTimeout as delay } from 'node:timers/promises';
import { Token } from '../../src/entrypoints/composition/container.ts';
import { measure } from '../guards/measure.ts';
import { deliveryOf, productWith } from '../guards/product.ts';
import { serveCalls } from '../processes/serve-calls.ts';
import type { BlobAddresses } from '../servers/blob-process.ts';

/** How one delivery ended. Times are milliseconds since the epoch, so that processes can be compared. */
export interface Settled {
  readonly kind: 'completed' | 'skipped';
  readonly at: number;
}

export interface Deliveries {
  readonly id: string;
  readonly deliveries: number;
  /** How long the winner works. */
  readonly workMs: number;
}

/** When the work of a message began and ended. */
export interface Worked {
  readonly beganAt: number;
  readonly endedAt: number;
}

// One instance of the product.
const now = () => performance.timeOrigin + performance.now();
const workMs = new Map<string, number>();
const worked: Worked[] = [];

function instance(blobs: BlobAddresses) {
  const container = productWith(
    async ({ id }) => {
      const lastsMs = workMs.get(id);
      if (lastsMs === undefined) return;
      const beganAt = now();
      await delay(lastsMs);
      worked.push({ beganAt, endedAt: now() });
    },
    { blobs, access: 'key' },
  );
  return container.get(Token.processMessage);
}

let processMessage: ReturnType<typeof instance> | undefined;
const run = (id: string) => {
  if (processMessage === undefined) throw new Error('The instance was not started.');
  return processMessage.run(deliveryOf(id, 1));
};

serveCalls({
  start: (blobs: BlobAddresses) => {
    processMessage = instance(blobs);
  },
  /** Delivers one message several times at once. Resolves when all deliveries are settled. */
  deliver: async ({ id, deliveries, workMs: lastsMs }: Deliveries) => {
    workMs.set(id, lastsMs);
    worked.length = 0;
    const settled = Array.from({ length: deliveries }, async (): Promise<Settled> => {
      const { kind } = await run(id);
      return { kind, at: now() };
    });
    const startedAt = now();
    return { startedAt, settled: await Promise.all(settled), worked };
  },
  /** Guards other messages meanwhile, one after another in each of 4 lines. */
  others: (durationMs: number) => measure(run, { concurrency: 4, durationMs }),
});
