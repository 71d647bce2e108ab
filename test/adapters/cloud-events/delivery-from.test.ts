import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deliveryFrom, UnusableMessageError } from '../../../src/adapters/cloud-events/delivery-from.ts';
import { eventContentType, eventDocument } from '../../../src/adapters/cloud-events/event-document.ts';
import { fingerprintOf } from '../../../src/adapters/system/fingerprint-of.ts';
import type { ReceivedMessage } from '../../../src/application/ports/received-message.ts';
import type { Message } from '../../../src/domain/message.ts';
import { anyMessage } from '../../support/messages.ts';

const received = (parts: Partial<ReceivedMessage>): ReceivedMessage => ({
  body: Buffer.from('{}'),
  messageId: 'property',
  contentType: undefined,
  deliveryCount: 1,
  sequenceNumber: '1',
  enqueuedTime: '2026-11-22T12:00:00.000Z',
  expiresAt: undefined,
  ...parts,
});

/** What Azure Functions makes of a body: its UTF-8 text, parsed as JSON if it parses. */
const asFunctionsConverts = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const standalone = { fingerprintOf, bodyOverwritesProperties: false };
const functions = { fingerprintOf, bodyOverwritesProperties: true };
const order = { id: 'order-1', source: '/shop', type: 'order.placed', content: { kind: 'json', value: { n: 1 } } };

describe('A delivery', () => {
  it('carries the message that was sent as a CloudEvent, whole, in every host', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const text = eventDocument(message);
        const fromBytes = deliveryFrom(
          received({ body: Buffer.from(text), contentType: eventContentType }),
          standalone,
        );
        const fromValue = deliveryFrom(received({ body: asFunctionsConverts(text) }), functions);
        expect(fromBytes.message).toEqual(message);
        expect(fromValue.message).toEqual(message);
        expect(fromBytes.fingerprint).toBe(fingerprintOf(message));
        expect(fromValue.fingerprint).toBe(fromBytes.fingerprint);
      }),
    );
  });

  it('has the ID of the event, whatever the properties around it say', () => {
    const body = Buffer.from(eventDocument(order as Message));
    expect(deliveryFrom(received({ body, messageId: 'another' }), standalone).message.id).toBe('order-1');
  });

  it('of another producer has the ID of its properties, and the same content in both hosts', () => {
    const texts = fc.oneof(
      fc.json({ maxDepth: 3 }),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('', '"a"', 'a', '1'),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const body = asFunctionsConverts(text);
        fc.pre(!(typeof body === 'object' && body !== null && Object.keys(body).some((key) => /messageid/i.test(key))));
        const fromBytes = deliveryFrom(received({ body: Buffer.from(text) }), standalone);
        const fromValue = deliveryFrom(received({ body }), functions);
        expect(fromBytes.message.id).toBe('property');
        expect(fromValue).toEqual(fromBytes);
      }),
    );
  });

  it('of another producer may have a number for an ID, which a host makes of digits', () => {
    expect(deliveryFrom(received({ messageId: 123 }), functions).message.id).toBe('123');
  });

  it.each([
    ['no ID', { messageId: undefined }],
    ['an empty ID', { messageId: '' }],
    ['an ID of a number that lost digits', { messageId: 12345678901234567000 }],
    ['an ID that a host made a boolean of', { messageId: true }],
    ['an ID that a host made an object of', { messageId: { a: 1 } }],
    ['an ID over 128 units', { messageId: 'x'.repeat(129) }],
    ['an ID with a lone surrogate', { messageId: '\ud800' }],
  ])('of another producer with %s is refused, never guessed', (_what, parts) => {
    expect(() => deliveryFrom(received(parts), standalone)).toThrow(UnusableMessageError);
  });

  it('is refused in Functions when the body could have overwritten the message ID', () => {
    const message = received({ body: { MessageID: 'somebody else' }, messageId: 'somebody else' });
    expect(() => deliveryFrom(message, functions)).toThrow('in the place of the message ID');
    const bytes = received({ body: Buffer.from('{"MessageID":"somebody else"}') });
    expect(deliveryFrom(bytes, standalone).message.id).toBe('property');
  });

  it.each([
    ['no id', { ...order, id: undefined }, '"id"'],
    ['an id of a number', { ...order, id: 1 }, '"id"'],
    ['no source', { ...order, source: '' }, '"source"'],
    ['no type', { ...order, type: 5 }, '"type"'],
    ['a time that is no text', { ...order, time: 5 }, '"time"'],
    [
      'a content type that no header can carry',
      { ...order, datacontenttype: 'text/plain; x=\u2603' },
      '"datacontenttype"',
    ],
    ['both kinds of data', { ...order, data: 1, data_base64: 'AA==' }, 'only one'],
    ['Base64 that is none', { ...order, data_base64: 'A$==' }, 'not Base64'],
  ])('is refused for an event with %s', (_what, event, words) => {
    const body = Buffer.from(JSON.stringify({ specversion: '1.0', ...event, content: undefined }));
    expect(() => deliveryFrom(received({ body }), standalone)).toThrow(words);
  });

  it('is refused when its content is nested so deep that another stack could not hold it', () => {
    const nested = (levels: number) => Buffer.from(`${'['.repeat(levels)}${']'.repeat(levels)}`);
    expect(deliveryFrom(received({ body: nested(1000) }), standalone).message.content.kind).toBe('json');
    expect(() => deliveryFrom(received({ body: nested(1001) }), standalone)).toThrow('deeper than 1000 levels');
  });

  it('is refused when the content type says CloudEvent and the body is none', () => {
    const message = received({
      body: Buffer.from('{"id":"x"}'),
      contentType: 'application/cloudevents+json; charset=utf-8',
    });
    expect(() => deliveryFrom(message, standalone)).toThrow(UnusableMessageError);
  });
});

describe('A fingerprint', () => {
  const base: Message = { ...order, content: { kind: 'json', value: { a: 1, b: [2] } } } as Message;

  it('does not depend on the order of members', () => {
    const turned: Message = { ...base, content: { kind: 'json', value: { b: [2], a: 1 } } };
    expect(fingerprintOf(turned)).toBe(fingerprintOf(base));
  });

  it('does not depend on ID, source, time and trace', () => {
    const other = { ...base, id: 'x', source: '/y', time: 'z', traceparent: 't' } as Message;
    expect(fingerprintOf(other)).toBe(fingerprintOf(base));
  });

  it.each([
    ['type', { type: 'other' }],
    ['content type', { contentType: 'text/json' }],
    ['value', { content: { kind: 'json', value: { a: 1, b: [3] } } }],
    ['kind of content', { content: { kind: 'binary', bytes: Buffer.from('{"a":1,"b":[2]}') } }],
  ])('depends on the %s', (_what, change) => {
    expect(fingerprintOf({ ...base, ...change } as Message)).not.toBe(fingerprintOf(base));
  });
});
