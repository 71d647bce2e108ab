import { Token } from '../../src/entrypoints/composition/container.ts';
import type { MakeGuard } from './guard.ts';
import { deliveryOf, productWith } from './product.ts';

/** The product with a handler of three empty steps: three checkpoints. */
export const makeGuard: MakeGuard = async (settings) => {
  const container = productWith(async (_message, { step }) => {
    for (const name of ['first', 'second', 'third']) await step(name, () => undefined);
  }, settings);
  const processMessage = container.get(Token.processMessage);
  return { paths: { new: (id) => processMessage.run(deliveryOf(id, 1)) } };
};
