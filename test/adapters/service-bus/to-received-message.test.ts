import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it } from 'vitest';
import { toReceivedMessage } from '../../../src/adapters/service-bus/to-received-message.ts';

const received = (fields: object) => toReceivedMessage(fields as ServiceBusReceivedMessage);

describe('toReceivedMessage', () => {
  it('writes a sequence number out in full, also one that no double can hold', () => {
    const sequenceNumber = { toString: () => '9223372036854775807' };
    expect(received({ sequenceNumber }).sequenceNumber).toBe('9223372036854775807');
  });

  it('counts a delivery without a count as the first', () => {
    expect(received({}).deliveryCount).toBe(1);
    expect(received({ deliveryCount: 9 }).deliveryCount).toBe(10);
  });

  it('joins a body that was sent in several sections, and has an empty one for none', () => {
    const body = [Buffer.from('{"n":'), Buffer.from('1}')];
    expect(received({ body, _rawAmqpMessage: { bodyType: 'data' } }).body).toEqual(Buffer.from('{"n":1}'));
    expect(received({ body, _rawAmqpMessage: { bodyType: 'sequence' } }).body).toBe(body);
    expect(received({}).body).toEqual(Buffer.alloc(0));
  });

  it('has no content type that is no text, as a foreign AMQP library can send one', () => {
    expect(received({ contentType: 'text/plain' }).contentType).toBe('text/plain');
    expect(received({ contentType: 7 }).contentType).toBeUndefined();
    expect(received({ contentType: null }).contentType).toBeUndefined();
  });

  it('has what else the sender set, where it is text', () => {
    const sent = { subject: 's', replyTo: 'r', to: 't', sessionId: 'x', partitionKey: 'x' };
    expect(received({ ...sent, correlationId: 77 }).sent).toEqual({ ...sent, correlationId: '77' });
    expect(received({ subject: 7, correlationId: Buffer.from([1]) }).sent).toEqual({});
  });

  it('has the properties with the types that the AMQP message beside them still has', () => {
    const typed = (code: number, hex: string) => Buffer.from(code.toString(16) + hex, 'hex').subarray(1);
    const at = new Date(0);
    const applicationProperties = {
      ...{ text: 't', number: 1.5, at, none: null },
      uuid: typed(0x98, '6ba7b8109dad11d180b400c04fd430c8'),
      long: typed(0x81, 'fffffffffffffffe'),
      bytes: Buffer.from([1, 2]),
    };
    const shown = { text: 't', number: 1.5, at: 0, none: null, uuid: { 0: 107 }, long: { 0: 255 }, bytes: { 0: 1 } };
    const { applicationProperties: properties } = received({
      applicationProperties: shown,
      _rawAmqpMessage: { applicationProperties },
    });
    expect(properties).toEqual({
      ...{ text: 't', number: 1.5, at, none: null },
      uuid: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
      long: -2n,
      bytes: Buffer.from([1, 2]),
    });
  });

  it('takes the last day that .NET can name, and all that are later, for no expiry', () => {
    const expiresAt = (text: string) => received({ expiresAtUtc: new Date(text) }).expiresAt;
    expect(expiresAt('9999-12-30T23:59:59.999Z')).toBe(Date.UTC(9999, 11, 30, 23, 59, 59, 999));
    expect(expiresAt('9999-12-31T23:59:59.999Z')).toBeUndefined();
    expect(expiresAt('+031197-09-14T02:48:05.477Z')).toBeUndefined();
  });
});
