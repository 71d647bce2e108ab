import { describe, expect, it } from 'vitest';
import { UnusableMessageError } from '../../../src/adapters/cloud-events/unusable-message-error.ts';
import { fingerprintOf } from '../../../src/adapters/system/fingerprint-of.ts';
import { type DeliveryFailure, logDeliveryFailure } from '../../../src/adapters/telemetry/delivery-failure.ts';
import { LockStoreError } from '../../../src/application/ports/lock-store.ts';
import type { ReceivedMessage } from '../../../src/application/ports/received-message.ts';
import { ActiveLockError, MessageFailedError } from '../../../src/domain/errors.ts';
import type { Delivery, Message } from '../../../src/domain/message.ts';
import { storeTime } from '../../../src/domain/time.ts';
import { lockOf, messageId } from '../../support/lock-records.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const message: Message = {
  id: messageId('m-1'),
  source: '/',
  type: 'test',
  content: { kind: 'json', value: 1 },
  traceparent,
};
const received: ReceivedMessage = {
  body: undefined,
  messageId: 'broker-1',
  contentType: undefined,
  applicationProperties: {},
  deliveryCount: 2,
  sequenceNumber: '17',
  enqueuedTime: '2026-11-22T12:00:00.000Z',
  expiresAt: undefined,
};
const delivery: Delivery = {
  key: { scope: 'queue', id: message.id },
  message: { ...message, properties: {} },
  fingerprint: fingerprintOf(message),
  deliveryCount: 2,
  physical: { sequenceNumber: '17', enqueuedTime: received.enqueuedTime },
  expiresAt: undefined,
};

function lineOf(failure: Partial<DeliveryFailure>): Readonly<Record<string, unknown>> {
  const lines: Readonly<Record<string, unknown>>[] = [];
  logDeliveryFailure((level, sentence, facts) => lines.push({ ...facts, level, sentence }), {
    received,
    delivery,
    error: new Error('declined'),
    maxDeliveryCount: 10,
    ...failure,
  });
  expect(lines).toHaveLength(1);
  return lines[0] ?? {};
}

describe('The line of a delivery that failed', () => {
  it('says which message it was, which delivery, its trace, and how it is settled', () => {
    expect(lineOf({ settledAs: 'abandon' })).toMatchObject({
      level: 'warn',
      sentence: 'declined',
      event: 'delivery-failed',
      messageId: 'm-1',
      sequenceNumber: '17',
      deliveryCount: 2,
      settledAs: 'abandon',
      traceparent,
    });
  });

  it.each([
    ['a text', 'broker-1', 'broker-1'],
    ['not known to this host', { problem: 'must be a text.' }, undefined],
    ['missing', undefined, undefined],
  ])('has the Service Bus message ID of a message that cannot be used, which is %s', (_what, id, shown) => {
    const error = new UnusableMessageError('It is not a message.', 'Send one.');
    expect(lineOf({ delivery: undefined, received: { ...received, messageId: id }, error })).toMatchObject({
      messageId: shown,
      sequenceNumber: '17',
    });
  });

  it.each([
    [9, ''],
    [
      10,
      '. This was the last permitted delivery (10 of 10): the broker moves the message to the dead-letter queue now.',
    ],
    [
      11,
      '. This was the last permitted delivery (11 of 10): the broker moves the message to the dead-letter queue now.',
    ],
  ])('says after delivery %i of 10 what the broker does now', (deliveryCount, words) => {
    expect(lineOf({ received: { ...received, deliveryCount } })['sentence']).toBe(`declined${words}`);
  });

  it('shows where the handler threw, also if the message failed for good', () => {
    const thrown = new RangeError('card', { cause: new Error('bank') });
    for (const error of [thrown, new MessageFailedError({ id: message.id }, 'RangeError: card', thrown)]) {
      expect(lineOf({ error })['stack']).toMatch(
        /^RangeError: card\n {4}at .*delivery-failure\.test.*\nCaused by: Error: bank\n {4}at /s,
      );
    }
  });

  it.each([
    new ActiveLockError({ id: message.id }, lockOf('m-1'), storeTime(0)),
    new MessageFailedError({ id: message.id }, 'failed before'),
    new UnusableMessageError('It is not a message.', 'Send one.'),
    new LockStoreError('The store does not answer.', { isTransient: true }),
  ])('shows no place in our own code for what is expected: $name', (error) => {
    expect(lineOf({ error })).not.toHaveProperty('stack');
  });
});
