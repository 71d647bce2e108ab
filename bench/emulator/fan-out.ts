import { ServiceBusClient } from '@azure/service-bus';
import { startServiceBusEmulator } from 'service-bus-emulator';

export interface FanOutLoad {
  readonly messages: number;
  readonly subscriptions: number;
}

export interface FanOut {
  readonly tookMs: number;
  /** What the heap has grown by for each copy in a subscription, its share of the message included. */
  readonly bytesPerCopy: number;
}

const perSend = 50;
/** For each subscription another one, so that none is evaluated once for all. */
const filter = (number: number): string =>
  `level >= ${number} AND sys.Label LIKE 'order%' AND color IN ('green', 'red') AND NOT EXISTS(draft${number})`;

/** Sends messages to a topic whose subscriptions have a SQL filter each; every message goes to all of them, and stays there. */
export async function fanOut({ messages, subscriptions }: FanOutLoad): Promise<FanOut> {
  const names = Array.from({ length: subscriptions }, (_, number) => ({
    name: `s${number}`,
    rules: [{ name: 'sql', filter: filter(number) }],
  }));
  const topics = [{ name: 'news', subscriptions: names }];
  const emulator = await startServiceBusEmulator({ port: 0, entities: { topics } });
  const client = new ServiceBusClient(emulator.connectionString);
  const sender = client.createSender('news');
  const applicationProperties = { level: subscriptions, color: 'red' };
  const batch = Array.from({ length: perSend }, (_, body) => ({ body, subject: 'order', applicationProperties }));
  await sender.sendMessages(batch); // opens the link
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  const start = performance.now();
  for (let sent = 0; sent < messages; sent += perSend) await sender.sendMessages(batch);
  const tookMs = performance.now() - start;
  globalThis.gc?.();
  const bytesPerCopy = (process.memoryUsage().heapUsed - heapBefore) / (messages * subscriptions);
  await client.close();
  await emulator.close();
  return { tookMs, bytesPerCopy };
}
