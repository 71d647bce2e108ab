import { describe, expect, it } from 'vitest';
import type { ExactMetadata } from '../../../src/adapters/azure-functions/exact-metadata.ts';
import { receivedFromTrigger as read } from '../../../src/adapters/azure-functions/received-from-trigger.ts';

/** What is read where the worker does not show what the host sent. */
const receivedFromTrigger = (body: unknown, parsed: Readonly<Record<string, unknown>> | undefined) =>
  read(body, { parsed, exact: undefined });

const metadata = {
  messageId: 'm-1',
  contentType: 'application/json',
  deliveryCount: 3,
  sequenceNumber: 41,
  enqueuedTimeUtc: '2026-11-22T06:20:07.8341234',
  enqueuedTime: '2026-11-22T08:20:07.8341234+02:00',
  expiresAtUtc: '2026-11-29T06:20:07.834',
  expiresAt: '2026-11-29T06:20:07.834+00:00',
};

describe('What a Service Bus trigger hands over', () => {
  it('is read as it is meant', () => {
    expect(receivedFromTrigger(Buffer.from('{}'), metadata)).toEqual({
      body: Buffer.from('{}'),
      messageId: 'm-1',
      contentType: 'application/json',
      applicationProperties: {},
      sent: {},
      deliveryCount: 3,
      sequenceNumber: '41',
      enqueuedTime: '2026-11-22T06:20:07.834Z',
      expiresAt: Date.UTC(2026, 10, 29, 6, 20, 7, 834),
    });
  });

  it('takes a time without a zone for UTC, whatever the zone of this machine', () => {
    const { enqueuedTimeUtc, expiresAtUtc } = metadata;
    const received = receivedFromTrigger('', { enqueuedTimeUtc, expiresAtUtc });
    expect(received.enqueuedTime).toBe('2026-11-22T06:20:07.834Z');
    expect(received.expiresAt).toBe(Date.UTC(2026, 10, 29, 6, 20, 7, 834));
  });

  it('may lack every property', () => {
    const nothing = { messageId: undefined, contentType: undefined, deliveryCount: undefined, expiresAt: undefined };
    expect(receivedFromTrigger('', {})).toMatchObject({ ...nothing, sequenceNumber: '', enqueuedTime: '' });
    expect(receivedFromTrigger('', undefined)).toMatchObject(nothing);
  });

  it.each(['9999-12-31T23:59:59.9999999+00:00', '9999-12-31T23:59:59.9999999'])('never expires at %s', (expiresAt) => {
    expect(receivedFromTrigger('', { expiresAt }).expiresAt).toBeUndefined();
  });

  it.each([
    ['deliveryCount', { deliveryCount: '3' }, { deliveryCount: undefined }],
    ['deliveryCount', { deliveryCount: 1.5 }, { deliveryCount: undefined }],
    ['contentType', { contentType: 7 }, { contentType: undefined }],
    ['sequenceNumber', { sequenceNumber: 'x' }, { sequenceNumber: '' }],
    ['enqueuedTime', { enqueuedTime: '12/18/2020 20:57:23' }, { enqueuedTime: '' }],
    ['enqueuedTime', { enqueuedTime: 5 }, { enqueuedTime: '' }],
    ['expiresAt', { expiresAt: '2026-13-01T00:00:00Z' }, { expiresAt: undefined }],
  ])('has no %s of another form: %j', (_name, given, read) => {
    expect(receivedFromTrigger('', given)).toMatchObject(read);
  });

  it('has a sequence number in digits, though it was rounded', () => {
    expect(receivedFromTrigger('', { sequenceNumber: 2 ** 62 }).sequenceNumber).toMatch(/^\d+$/);
  });

  it('does not believe a property that a body read as JSON could have replaced', () => {
    const body = { DELIVERYCOUNT: 3, sequenceNumber: 41, enqueuedTime: 'x', ExpiresAt: 'y', contenttype: 'z' };
    expect(receivedFromTrigger(body, metadata)).toMatchObject({
      deliveryCount: undefined,
      sequenceNumber: '',
      enqueuedTime: '2026-11-22T06:20:07.834Z', // by its other name
      expiresAt: Date.UTC(2026, 10, 29, 6, 20, 7, 834),
      contentType: undefined,
    });
  });

  it('believes them beside bytes, which no host looks into', () => {
    expect(receivedFromTrigger(Buffer.from('{"deliveryCount":9}'), metadata).deliveryCount).toBe(3);
  });

  it('refuses an ID that the library has made another value of, and one that the body could have replaced', () => {
    for (const messageId of [77, true, null, { a: 1 }]) {
      expect(receivedFromTrigger('', { messageId }).messageId).toEqual({ problem: expect.stringContaining('as JSON') });
    }
    const replaced = receivedFromTrigger({ MessageID: 'own' }, { messageId: 'own' });
    expect(replaced.messageId).toEqual({ problem: expect.stringContaining('replaced by a member of the body') });
  });
});

describe('What a Service Bus trigger hands over, as the host sent it', () => {
  const received = (exact: ExactMetadata, parsed = {}) => read(Buffer.from('{}'), { parsed, exact });

  it.each(['77', '77.0', ' 77', '7.7e1', '"abc"', '12345678901234567890', 'true', 'null', '{"a":1}', ''])(
    'has the ID %j to the letter',
    (id) => {
      expect(received({ MessageId: { string: id } }, { messageId: 'x' }).messageId).toBe(id);
    },
  );

  it('has no ID where the host sent none, whatever the library says', () => {
    expect(received({}, { messageId: 'x' }).messageId).toBeUndefined();
    expect(received({ MessageId: { string: null } }).messageId).toBeUndefined();
  });

  it('has every digit of a sequence number', () => {
    expect(received({ SequenceNumber: { json: '9223372036854775807' } }).sequenceNumber).toBe('9223372036854775807');
    expect(received({ SequenceNumber: { json: '41' }, DeliveryCount: { json: '3' } })).toMatchObject({
      sequenceNumber: '41',
      deliveryCount: 3,
    });
  });

  it('has times, and the names of properties in their own case', () => {
    const exact = {
      EnqueuedTime: { json: '"2026-11-22T06:20:07.834+00:00"' },
      ApplicationProperties: { json: '{"Kind":"1","kind":"2","n":77.0}' },
    };
    expect(received(exact)).toMatchObject({
      enqueuedTime: '2026-11-22T06:20:07.834Z',
      applicationProperties: { Kind: '1', kind: '2', n: 77 },
    });
  });

  it('has what the sender set, to the letter, and its numbers to the last digit', () => {
    const exact = {
      Subject: { string: '"s"' },
      CorrelationId: { string: '007' },
      ReplyTo: { string: 'r' },
      To: { string: 't' },
      SessionId: { string: '1e3' },
      PartitionKey: { string: '1e3' },
      ApplicationProperties: {
        json: '{"big":9223372036854775807,"small":-9223372036854775808,"n":1.5,"e":1E+300,"b":true}',
      },
    };
    expect(received(exact)).toMatchObject({
      sent: { subject: '"s"', correlationId: '007', replyTo: 'r', to: 't', sessionId: '1e3', partitionKey: '1e3' },
      applicationProperties: { big: 2n ** 63n - 1n, small: -(2n ** 63n), n: 1.5, e: 1e300, b: true },
    });
  });

  it('has nothing of what is not of the right form', () => {
    const exact = { ApplicationProperties: { json: '[' }, ContentType: { json: '7' }, SequenceNumber: { json: 'x' } };
    expect(received(exact)).toMatchObject({ applicationProperties: {}, contentType: undefined, sequenceNumber: '' });
  });
});
