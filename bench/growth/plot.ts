import { Child } from '../processes/child.ts';
import type { BlobAddresses } from '../servers/blob-process.ts';

/** A store and one instance of the product. */
export class Plot {
  readonly blobs = new Child(new URL('../servers/blob-process.ts', import.meta.url));
  readonly instance = new Child(new URL('process.ts', import.meta.url));

  private constructor() {}

  /** Starts both, does `something` with them, and ends them. */
  static async with<Result>(something: (plot: Plot) => Promise<Result>): Promise<Result> {
    const plot = new Plot();
    try {
      await plot.instance.call('start', await plot.blobs.call<BlobAddresses>('addresses'));
      return await something(plot);
    } finally {
      await Promise.all([plot.blobs.close(), plot.instance.close()]);
    }
  }
}
