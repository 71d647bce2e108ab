import { ServiceBusClient } from '@azure/service-bus';
import { startServiceBusEmulator } from 'service-bus-emulator';
import { median } from '../report/statistics.ts';

export interface SessionLoad {
  readonly messages: number;
  readonly sessions: number;
  /** How many sessions are taken. */
  readonly rounds: number;
}

/** How many messages go out in one send. */
const perSend = 500;

/** The median time in milliseconds in which a client has the next session, with a queue full of them. */
export async function nextSession({ messages, sessions, rounds }: SessionLoad): Promise<number> {
  const queues = [{ name: 'bench', requiresSession: true }];
  const emulator = await startServiceBusEmulator({ port: 0, entities: { queues } });
  const client = new ServiceBusClient(emulator.connectionString);
  const sender = client.createSender('bench');
  for (let sent = 0; sent < messages; sent += perSend) {
    const batch = Array.from({ length: perSend }, (_, place) => ({
      body: 'x',
      sessionId: `session-${(sent + place) % sessions}`,
    }));
    await sender.sendMessages(batch);
  }
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    const receiver = await client.acceptNextSession('bench', { maxAutoLockRenewalDurationInMs: 0 });
    times.push(performance.now() - start);
    const [message] = await receiver.receiveMessages(1);
    if (message !== undefined) await receiver.completeMessage(message);
    await receiver.close();
  }
  await client.close();
  await emulator.close();
  return median(times);
}
