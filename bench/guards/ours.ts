import { Token } from '../../src/entrypoints/composition/container.ts';
import type { MakeGuard } from './guard.ts';
import { deliveryOf, productWith } from './product.ts';

/** The product: ProcessMessage on BlobLockStore, wired as its hosts wire it, with an empty handler. */
export const makeGuard: MakeGuard = async (settings) => {
  const processMessage = productWith(async () => undefined, settings).get(Token.processMessage);
  return {
    paths: {
      new: (id) => processMessage.run(deliveryOf(id, 1)),
      redelivered: (id) => processMessage.run(deliveryOf(id, 2)),
      fresh: (id) => processMessage.run(deliveryOf(id, 1)),
    },
  };
};
