import { ServiceBusClient, type ServiceBusReceivedMessage, type ServiceBusSender } from '@azure/service-bus';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { lockBlobs } from '../../support/blob-containers.ts';
import { casesOf } from '../../support/cases.ts';
import { type HostileMessage, hostileMessages } from '../../support/hostile-messages.ts';
import { startEngines } from './process-fixture.ts';

const count = casesOf('messages of any kind, on the queue');
const seed = Number(process.env['FUZZ_SEED'] ?? 1);

it(`${count} messages of any kind on the queue leave a host as it was, and are completed or dead-lettered with a reason`, async () => {
  const { emulator, queue, locks, inspect, startHost } = await startEngines({ onTestFinished, peekLockMs: 60_000 });
  const host = startHost({});
  const address = /http:[^"]+/.exec(await host.line(/Ready on/))?.[0] ?? '';
  const client = new ServiceBusClient(emulator.connectionString);
  onTestFinished(() => client.close());
  const sender = client.createSender(queue);

  const sent = new Map<number, HostileMessage>();
  for (const [number, hostile] of fc.sample(hostileMessages, { numRuns: count, seed }).entries()) {
    // What no library can write never comes to the queue.
    const isSent = await sender.sendMessages(annotated(hostile, number)).then(
      () => true,
      () => false,
    );
    if (isSent) sent.set(number, hostile);
  }
  expect(sent.size).toBeGreaterThan(count * 0.9);
  const none = { active: [], locked: [], deferred: [], scheduled: [] };
  await expect.poll(() => inspect()).toMatchObject(none);

  const deadLettered = await allDeadLettered(client, queue);
  expect(new Set(deadLettered.map(numberOf)).size).toBe(deadLettered.length);
  for (const { deadLetterReason, deadLetterErrorDescription } of deadLettered) {
    expect(deadLetterReason).toMatch(/^(UnusableMessage|MessageMismatch)Error$/);
    expect(deadLetterErrorDescription).toMatch(
      /(?:Send|Set|Correct) .+[.]$|send each event by itself[.]$| send it again under an ID of its own/s,
    );
  }
  // Every other one was completed: duplicates share a lock, and no lock says anything else.
  const states: (string | undefined)[] = [];
  for await (const { name, metadata } of lockBlobs(locks)) {
    expect(name).toMatch(new RegExp(`^${queue}/lock-(?:[A-Za-z0-9_-]|~[0-9A-F]{2}|~~|[.](?![.]))+[.]lock$`));
    states.push(metadata?.['state']);
  }
  expect(new Set(states)).toEqual(new Set(['completed']));
  expect(states.length).toBeGreaterThan(count / 10);
  expect(states.length).toBeLessThanOrEqual(sent.size - deadLettered.length);

  const good = { method: 'POST', headers: { 'content-type': 'application/json', prefer: 'wait=30' }, body: '{"a":1}' };
  const posted = await fetch(`${address}/api/messages`, good);
  expect(posted.status).toBe(202);
  const status = () => fetch(new URL(posted.headers.get('location') ?? '', address)).then((answer) => answer.json());
  await expect.poll(status).toMatchObject({ status: 'completed' });
});

type Annotated = Extract<Parameters<ServiceBusSender['sendMessages']>[0], { bodyType?: unknown }>;

/** The message as a library sends it that leaves the types to its user, as far as it can write them. */
const annotated = (
  { body, messageId, contentType, applicationProperties = {} }: HostileMessage,
  number: number,
): Annotated => {
  const properties = Object.entries(applicationProperties).map(([name, value]) => [name, carried(value)]);
  return {
    body,
    bodyType: body instanceof Uint8Array ? 'data' : 'value',
    properties: {
      ...(messageId !== undefined && { messageId: carried(messageId) }),
      ...(typeof contentType === 'string' && { contentType }),
    } as NonNullable<Annotated['properties']>,
    applicationProperties: { ...Object.fromEntries(properties), number },
  };
};

/** The library takes no number for a property that does not fit 31 bits, and no object. */
const carried = (value: unknown): string | number => {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && value >= 0 && (value | 0) === value ? value : String(JSON.stringify(value));
};

const numberOf = ({ applicationProperties }: ServiceBusReceivedMessage): unknown => applicationProperties?.['number'];

async function allDeadLettered(client: ServiceBusClient, queue: string): Promise<readonly ServiceBusReceivedMessage[]> {
  const receiver = client.createReceiver(queue, { subQueueType: 'deadLetter', skipParsingBodyAsJson: true });
  const all: ServiceBusReceivedMessage[] = [];
  for (;;) {
    const more = await receiver.peekMessages(100);
    if (more.length === 0) return all;
    all.push(...more);
  }
}
