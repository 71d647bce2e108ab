import { createWriteStream } from 'node:fs';
import { jsonLines } from '../../src/adapters/telemetry/json-lines.ts';
import { Token } from '../../src/entrypoints/composition/container.ts';
import type { MakeGuard } from './guard.ts';
import { deliveryOf, productWith } from './product.ts';

/** The product with the log lines of its hosts, written to nowhere. */
export const makeGuard: MakeGuard = async (settings) => {
  const nowhere = createWriteStream('/dev/null');
  const log = jsonLines(
    (line) => nowhere.write(`${line}\n`),
    () => new Date().toISOString(),
  );
  const processMessage = productWith(async () => undefined, settings, { log }).get(Token.processMessage);
  return { paths: { new: (id) => processMessage.run(deliveryOf(id, 1)) } };
};
