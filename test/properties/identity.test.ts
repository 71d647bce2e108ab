import type { ServiceBusQueueHandler } from '@azure/functions';
import { ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus';
import fc from 'fast-check';
import rhea from 'rhea';
import { startServiceBusEmulator } from 'service-bus-emulator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exactMetadataOf, rememberMetadata } from '../../src/adapters/azure-functions/exact-metadata.ts';
import { receivedFromTrigger } from '../../src/adapters/azure-functions/received-from-trigger.ts';
import { deliveryFrom } from '../../src/adapters/cloud-events/delivery-from.ts';
import { QueueReceiver } from '../../src/adapters/service-bus/queue-receiver.ts';
import { closeServiceBusClient } from '../../src/adapters/service-bus/service-bus-client.ts';
import { durationMs, seconds } from '../../src/domain/time.ts';
import { readConfig } from '../../src/entrypoints/composition/config.ts';
import { onDelivery } from '../../src/entrypoints/standalone/on-delivery.ts';
import { casesOf } from '../support/cases.ts';
import { triggerInput } from '../support/functions/trigger-input.ts';
import { functions, invoke } from '../support/functions/worker-core.ts';
import { identitiesOf, NamedWork } from '../support/named-work.ts';
import { deliveryOptions } from '../support/received.ts';
import { until } from '../support/until.ts';
import { dotnetText, type WireId, type WireMessage, wireMessages } from '../support/wire-messages.ts';

// Equal identities have equal work keys, and different ones different keys, whatever is made of a message on its way. What a
// message is, is told by what made it, and not by code of the product. Each message is delivered; what was worked on is then
// seen in the stores.

/** As many messages as one property asks for. It is one run: a lock of the first meets the last. */
const sampleOf = (count: number, seed = Number(process.env['PROPERTY_SEED'] ?? 20_261_129)): readonly WireMessage[] =>
  fc.sample(wireMessages, { numRuns: count, seed });

/** The work was done once for each identity, and everything that is named after it has a name of its own. */
function expectOneEach(work: NamedWork, messages: readonly WireMessage[]): void {
  const identities = identitiesOf(messages);
  expect(work.identities).toEqual(identities);
  expect(Math.max(...work.done.values())).toBe(1);
  for (const names of [work.done.keys(), work.archived, work.stepKeys]) {
    expect(new Set(names).size).toBe(identities.length);
  }
}

describe('Messages that are nearly one another', () => {
  it('each have work of their own in the standalone host, as they come from the broker', async () => {
    const messages = sampleOf(casesOf('identities on the queue'));
    const work = new NamedWork();
    const emulator = await startServiceBusEmulator({ port: 0, entities: { queues: [{ name: 'messages' }] } });
    const client = new ServiceBusClient(emulator.connectionString);
    onTestFinished(async () => {
      await closeServiceBusClient(client);
      await emulator.close();
    });
    const sender = client.createSender('messages');
    for (const message of messages) await sender.sendMessages(annotated(message));
    const receiver = new QueueReceiver(
      client,
      { queueName: 'messages', maxConcurrentCalls: 8, maxLockRenewalMs: seconds(60) },
      {
        onDelivery: onDelivery(work.processMessage, {
          consumer: deliveryOptions.consumer,
          log: () => undefined,
          shutdown: new AbortController().signal,
          maxDeliveryCount: 10,
        }),
        onEvent: () => undefined,
      },
    );
    onTestFinished(() => receiver.stop(durationMs(0)));
    await receiver.start();
    await until(() => {
      const { active, locked } = emulator.inspect('messages');
      expect(active.length + locked.length).toBe(0);
    });
    expectOneEach(work, messages);
    const refused = emulator
      .inspect('messages')
      .deadLettered.filter(({ deadLetterReason }) => deadLetterReason === 'UnusableMessageError');
    expect(refused).toHaveLength(messages.filter(({ identity }) => identity === undefined).length);
  });

  it('each have work of their own in a Function App, as its library hands them over', async () => {
    const messages = sampleOf(casesOf('identities through the Functions library')).filter(isServedByFunctions);
    const work = new NamedWork();
    handle = async (body, context) => {
      const metadata = { parsed: context.triggerMetadata, exact: exactMetadataOf(context) };
      await work.processMessage.run(deliveryFrom(receivedFromTrigger(body, metadata), deliveryOptions));
    };
    for (const message of messages) {
      const { error } = await invoke({ id: 1, name: 'identity', request: requestOf(message) });
      // A plain message and an event of our own source can have one ID, and are of different types.
      if (error !== undefined) expect(error).toMatch(/^MessageMismatchError/);
    }
    expectOneEach(work, messages);
  });

  it('are told apart the same way in both hosts', () => {
    // Whoever is delivered to the one host first, and to the other later, must find its own lock.
    const messages = sampleOf(500).filter(isServedByFunctions);
    expect(identitiesOf(messages).length).toBeGreaterThan(100);
    expect(identitiesOf(messages).length).toBeLessThan(messages.length);
  });
});

describe('The default scope', () => {
  const names = fc.stringMatching(/^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,30}[A-Za-z0-9])?$/);
  const scopeOf = (queueName: string, more: object = {}) =>
    readConfig({ ...settings, QUEUE_NAME: queueName, ...more }).lockScope;

  it('is one for all spellings of a queue, which is one to the broker, and another one for every other queue', () =>
    fc.assert(
      fc.property(names, names, fc.array(fc.boolean()), (name, other, flips) => {
        const respelt = Array.from(name, (letter, index) => (flips[index] ? swapCase(letter) : letter)).join('');
        expect(scopeOf(respelt)).toBe(scopeOf(name));
        expect(scopeOf(other) === scopeOf(name)).toBe(other.toLowerCase() === name.toLowerCase());
      }),
      { numRuns: 200 },
    ));

  it('is what LOCK_SCOPE says, to the letter', () => {
    expect(scopeOf('Orders', { LOCK_SCOPE: 'Orders' })).toBe('Orders');
  });
});

const swapCase = (letter: string): string =>
  letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();

const settings = {
  ServiceBusConnection:
    'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=k;UseDevelopmentEmulator=true;',
  LockStorage: 'UseDevelopmentStorage=true',
};

/** The .NET client makes a text of binary, too: what was sent cannot be told there. */
const isServedByFunctions = ({ messageId }: WireMessage): boolean => messageId.type !== 'binary';

function annotated({ messageId, contentType, applicationProperties, body }: WireMessage): ServiceBusMessage {
  const properties = { messageId: typed(messageId), ...(contentType !== undefined && { contentType }) };
  return { body, bodyType: 'data', properties, applicationProperties } as unknown as ServiceBusMessage;
}

function typed(id: WireId): unknown {
  switch (id.type) {
    case 'string':
      return id.text;
    case 'ulong': {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(id.value);
      return rhea.types.wrap_ulong(bytes);
    }
    case 'uuid':
      return rhea.types.wrap_uuid(Buffer.from(id.text.replaceAll('-', ''), 'hex'));
    case 'binary':
      return rhea.types.wrap_binary(id.bytes);
  }
}

let handle: ServiceBusQueueHandler;

// Only from here on the library finds the core API that it registers with.
const { app } = await import('@azure/functions');
app.serviceBusQueue('identity', {
  connection: 'unused',
  queueName: 'unused',
  handler: (body, context) => handle(body, context),
});
rememberMetadata();
const bindings = Object.entries(functions.get('identity')?.metadata.bindings ?? {});
const [triggerName = ''] = bindings.find(([, { direction }]) => direction === 'in') ?? [];

function requestOf({ messageId, contentType, applicationProperties, body }: WireMessage) {
  const message = {
    messageId: dotnetText(messageId),
    applicationProperties,
    body,
    ...(contentType !== undefined && { contentType }),
  };
  const { data, triggerMetadata } = triggerInput(message, 'binary');
  return { inputData: [{ name: triggerName, data }], triggerMetadata };
}
