import { type DeliveryOptions, deliveryFrom } from '../../src/adapters/cloud-events/delivery-from.ts';
import { fingerprintOf } from '../../src/adapters/system/fingerprint-of.ts';
import type { ReceivedMessage } from '../../src/application/ports/received-message.ts';
import type { Delivery } from '../../src/domain/message.ts';

/** Where the events that are submitted to the app come from, in tests. */
export const ownSource = '/api/messages';

export const deliveryOptions: DeliveryOptions = { consumer: { scope: 'queue', ownSource }, fingerprintOf };

/** A message as a host hands it over. */
export const received = (parts: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
  body: Buffer.from('{}'),
  messageId: 'property',
  contentType: undefined,
  applicationProperties: {},
  deliveryCount: 1,
  sequenceNumber: '1',
  enqueuedTime: '2026-11-22T12:00:00.000Z',
  expiresAt: undefined,
  ...parts,
});

/** What is made of such a message. */
export const deliveryOf = (parts: Partial<ReceivedMessage>): Delivery => deliveryFrom(received(parts), deliveryOptions);
