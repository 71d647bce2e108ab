import type { MessageHandler } from '../../src/application/ports/message-handler.ts';
import { delivery } from './deliveries.ts';
import type { Run, World } from './message-run.ts';

/** Delivers the message once for each handler, to a new instance each time, as long as it takes. */
export async function attempts(world: World, ...handlers: readonly MessageHandler[]): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (const [index, handler] of handlers.entries()) {
    const instance = world.instance({ handler, random: () => 0 });
    runs.push(await instance.run(delivery({ deliveryCount: index + 1 })));
  }
  return runs;
}
