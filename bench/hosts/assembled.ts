import { serve } from '../../src/adapters/http/node-server/web-server.ts';
import { InMemoryLockStore } from '../../src/adapters/in-memory/in-memory-lock-store.ts';
import { type OnDelivery, QueueReceiver } from '../../src/adapters/service-bus/queue-receiver.ts';
import type { Log } from '../../src/adapters/telemetry/log.ts';
import { seconds } from '../../src/domain/time.ts';
import { readConfig } from '../../src/entrypoints/composition/config.ts';
import { consumerOf } from '../../src/entrypoints/composition/consumer.ts';
import { buildContainer, Token } from '../../src/entrypoints/composition/container.ts';
import { httpRulesOf } from '../../src/entrypoints/composition/http-api.ts';
import { onDelivery } from '../../src/entrypoints/standalone/on-delivery.ts';
import type { Host, HostSettings } from './host.ts';

/**
 * The standalone host put together from its parts, so that one of them can be left out: the store's requests, the lock, or the
 * receiver.
 */
export async function startAssembled({ kind, env, receives }: HostSettings, log: Log): Promise<Host> {
  const config = readConfig(env);
  const shutdown = new AbortController();
  const container = buildContainer(config, log, async () => undefined);
  if (kind === 'locks-in-memory') container.rebind(Token.lockStore).toConstantValue(new InMemoryLockStore());
  const serviceBus = container.get(Token.serviceBus);
  const work: OnDelivery =
    kind === 'no-lock'
      ? async () => ({ kind: 'complete' })
      : onDelivery(container.get(Token.processMessage), {
          consumer: consumerOf(config),
          log,
          shutdown: shutdown.signal,
          maxDeliveryCount: config.maxDeliveryCount,
        });
  const { queueName, maxConcurrentCalls } = config;
  const receiver = new QueueReceiver(
    await serviceBus.client(),
    { queueName, maxConcurrentCalls, maxLockRenewalMs: seconds(300) },
    { onDelivery: work, onEvent: () => undefined },
  );
  const server = await serve(httpRulesOf(container, config, { log, shutdown: shutdown.signal }), config);
  if (receives) await receiver.start();
  return {
    address: server.address,
    stop: async () => {
      shutdown.abort();
      await Promise.all([server.close(seconds(1)), receiver.stop(seconds(1))]);
      await serviceBus.close();
    },
  };
}
