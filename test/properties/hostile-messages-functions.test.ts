import { inspect } from 'node:util';
import type { ServiceBusQueueHandler } from '@azure/functions';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exactMetadataOf, rememberMetadata } from '../../src/adapters/azure-functions/exact-metadata.ts';
import { receivedFromTrigger } from '../../src/adapters/azure-functions/received-from-trigger.ts';
import { deliveryFrom } from '../../src/adapters/cloud-events/delivery-from.ts';
import { jsonContent } from '../../src/adapters/cloud-events/json-content.ts';
import { UnusableMessageError } from '../../src/adapters/cloud-events/unusable-message-error.ts';
import { fingerprintOf } from '../../src/adapters/system/fingerprint-of.ts';
import type { ReceivedMessage } from '../../src/application/ports/received-message.ts';
import type { Delivery } from '../../src/domain/message.ts';
import { casesOf } from '../support/cases.ts';
import { type BrokerMessage, type DataType, triggerInput } from '../support/functions/trigger-input.ts';
import { functions, invoke } from '../support/functions/worker-core.ts';
import { type HostileMessage, hostileMessages } from '../support/hostile-messages.ts';
import { consumer, HostileQueue } from '../support/hostile-queue.ts';

const count = casesOf('messages of any kind, through the Functions library');

const queue = new HostileQueue();
let handle: ServiceBusQueueHandler;

// Only from here on the library finds the core API that it registers with.
const { app } = await import('@azure/functions');
app.serviceBusQueue('processMessage', {
  connection: 'unused',
  queueName: 'unused',
  handler: (body, context) => handle(body, context),
});
rememberMetadata();

const bindings = Object.entries(functions.get('processMessage')?.metadata.bindings ?? {});
const [triggerName = ''] = bindings.find(([, { direction }]) => direction === 'in') ?? [];

it.each<DataType>(['binary', 'string'])(
  `${count} messages of any kind through the Functions conversion of a %s body end as they would without it`,
  async (dataType) => {
    let same = 0;
    await fc.assert(
      fc.asyncProperty(hostileMessages, async (hostile) => {
        const message = brokerMessage(hostile);
        const made = await madeOf(message, dataType);
        const alone = delivered(receivedAlone(message));
        if (isBeyondDoubt(message, dataType) && areSame(made, alone, dataType)) same += 1;
      }),
      { numRuns: count, includeErrorInReport: true },
    );
    expect(same).toBeGreaterThan(count / 8);
  },
);

/** What the function made of a message, which is completed, or the host is told why not. */
async function madeOf(message: BrokerMessage, dataType: DataType): Promise<Delivery | Error> {
  let made: Delivery | Error | undefined;
  handle = async (body, context) => {
    const metadata = { parsed: context.triggerMetadata, exact: exactMetadataOf(context) };
    made = delivered(receivedFromTrigger(body, metadata));
    if (made instanceof Error) throw made;
    await queue.processMessage.run(made);
  };
  const { error } = await queue.until(invoke({ id: 1, name: 'processMessage', request: requestOf(message, dataType) }));
  if (made === undefined) throw new Error(`Nothing was made of it: ${error}`);
  if (made instanceof Error) expect(error).toMatch(/^UnusableMessageError: [\s\S]+ ([Ss]end|Set|Correct) [\s\S]+[.]/);
  else if (error !== undefined) expect(error).toMatch(/^MessageMismatchError: [\s\S]+ send it again/);
  else {
    const stored = await queue.locks.read(queue.lockNameOf(made.key));
    expect(stored?.record).toMatchObject({
      state: 'completed',
      messageId: made.message.id,
      fingerprint: made.fingerprint,
    });
  }
  return made;
}

/** Both hosts have the same message of it, or neither has any. */
function areSame(made: Delivery | Error, alone: Delivery | Error, dataType: DataType): boolean {
  if (made instanceof Error || alone instanceof Error) {
    expect(made instanceof Error).toBe(alone instanceof Error);
    return false;
  }
  expect(made.key).toEqual(alone.key);
  // Where the host has read the body as text, the library has parsed it, and not all of it can be told any more.
  if (dataType === 'binary') expect(made.fingerprint).toBe(alone.fingerprint);
  return true;
}

/** Whether the host changes nothing of the message on its way: bytes it leaves alone, and texts whose members name nothing of its own. */
function isBeyondDoubt({ body }: BrokerMessage, dataType: DataType): boolean {
  return dataType === 'binary' || (isSameAsText(body) && leavesProperties(body) && isParsedWhole(body));
}

function delivered(received: ReceivedMessage): Delivery | Error {
  try {
    return deliveryFrom(received, { consumer, fingerprintOf });
  } catch (error) {
    if (error instanceof UnusableMessageError) return error;
    throw error; // no other one may come out of it
  }
}

/** The properties that the broker keeps are texts. The bodies that are no bytes do not come this far: the host refuses them. */
const brokerMessage = ({
  body,
  messageId,
  contentType,
  applicationProperties,
  deliveryCount,
}: HostileMessage): BrokerMessage => ({
  body: body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : inspect(body)), // String() throws for { toString: false }
  ...(isOfValue(messageId) && { messageId: String(messageId).toWellFormed() }),
  ...(typeof contentType === 'string' && { contentType }),
  ...(applicationProperties !== undefined && { applicationProperties }),
  ...(deliveryCount !== undefined && { deliveryCount: deliveryCount + 1 }),
});

const isOfValue = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

const requestOf = (message: BrokerMessage, dataType: DataType) => {
  const { data, triggerMetadata } = triggerInput(message, dataType);
  return { inputData: [{ name: triggerName, data }], triggerMetadata };
};

/** What the standalone host makes of the same message. */
const receivedAlone = ({
  body,
  messageId,
  contentType,
  applicationProperties = {},
}: BrokerMessage): ReceivedMessage => ({
  body,
  messageId,
  contentType,
  applicationProperties: JSON.parse(JSON.stringify(applicationProperties)),
  deliveryCount: 1,
  sequenceNumber: '1',
  enqueuedTime: '',
  expiresAt: undefined,
});

const isSameAsText = (body: Uint8Array): boolean => Buffer.from(new TextDecoder().decode(body)).equals(body);

/** Whether nothing in the body can have been put in the place of the message's own properties. */
const leavesProperties = (body: Uint8Array): boolean =>
  !/messageid|contenttype|applicationproperties/i.test(Buffer.from(body).toString());

/** Whether the value that the library has made of a text is all that it says. */
function isParsedWhole(body: Uint8Array): boolean {
  try {
    return jsonContent(body).kind === 'json' && !/^\s*"|\d{16}|e/.test(Buffer.from(body).toString());
  } catch {
    return true; // not JSON: the text itself
  }
}
