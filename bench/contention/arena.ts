import { Child } from '../processes/child.ts';
import type { BlobAddresses } from '../servers/blob-process.ts';

/** A store and some instances of the product, each in its process. */
export class Arena {
  readonly blobs = new Child(new URL('../servers/blob-process.ts', import.meta.url));
  readonly instances: readonly Child[];

  private constructor(count: number) {
    this.instances = Array.from({ length: count }, () => new Child(new URL('process.ts', import.meta.url)));
  }

  static async start(count: number, latencyMs: number): Promise<Arena> {
    const arena = new Arena(count);
    try {
      const addresses = await arena.blobs.call<BlobAddresses>('addresses');
      await Promise.all(arena.instances.map((instance) => instance.call('start', addresses)));
      await arena.blobs.call('answerAfter', latencyMs);
      return arena;
    } catch (error) {
      await arena.close();
      throw error;
    }
  }

  readonly countRequests = (): Promise<number> => this.blobs.call<number>('countRequests');

  async close(): Promise<void> {
    await Promise.all([this.blobs, ...this.instances].map((child) => child.close()));
  }
}
