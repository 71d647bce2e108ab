import { setTimeout } from 'node:timers/promises';
import { ServiceBusClient } from '@azure/service-bus';
import { startServiceBusEmulator } from 'service-bus-emulator';
import { serveCalls } from '../processes/serve-calls.ts';
import { letterBody, letterId, queue } from './letters.ts';

// A queue full of dead letters, in a process of its own.
const emulator = await startServiceBusEmulator({
  port: 0,
  entities: { queues: [{ name: queue, deadLetterOnExpiration: true }] },
});

/** Where messages are: how many, and how many of them are different ones. */
export interface Whereabouts {
  readonly onQueue: number;
  readonly different: number;
  readonly dead: number;
}

function whereabouts(): Whereabouts {
  const { active = [], locked = [], deadLettered = [] } = emulator.inspect(queue) ?? {};
  const ids = new Set(active.map(({ messageId }) => messageId));
  return { onQueue: active.length + locked.length, different: ids.size, dead: deadLettered.length };
}

serveCalls({
  connectionString: () => emulator.connectionString,
  whereabouts,
  /** Sends as many messages, which expire at once: the broker dead-letters them. */
  fill: async (count: number) => {
    const client = new ServiceBusClient(emulator.connectionString);
    const sender = client.createSender(queue);
    for (let sent = 0; sent < count; ) {
      const batch = Array.from({ length: Math.min(500, count - sent) }, (_, place) => ({
        messageId: letterId(sent + place),
        body: letterBody,
        contentType: 'application/json',
        timeToLive: 1,
      }));
      await sender.sendMessages(batch);
      sent += batch.length;
    }
    await client.close();
    while (whereabouts().dead < count) await setTimeout(50);
  },
});
