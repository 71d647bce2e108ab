import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deliveryFrom } from '../../../src/adapters/cloud-events/delivery-from.ts';
import { eventContentType, eventDocument } from '../../../src/adapters/cloud-events/event-document.ts';
import { UnusableMessageError } from '../../../src/adapters/cloud-events/unusable-message-error.ts';
import { fingerprintOf } from '../../../src/adapters/system/fingerprint-of.ts';
import type { IdOf } from '../../../src/application/content/id-of.ts';
import type { ReceivedMessage } from '../../../src/application/ports/received-message.ts';
import type { Message } from '../../../src/domain/message.ts';
import { anyMessage } from '../../support/messages.ts';
import { deliveryOf, deliveryOptions, ownSource, received } from '../../support/received.ts';

const order = { id: 'order-1', source: '/shop', type: 'order.placed', content: { kind: 'json', value: { n: 1 } } };

/** What the broker says of a message that `received` makes. */
const ofTheBroker = { properties: {}, deliveryCount: 1, sequenceNumber: '1', enqueuedAt: '2026-11-22T12:00:00.000Z' };

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const event = (members: object): Buffer =>
  json({ specversion: '1.0', id: 'order-1', source: '/shop', type: 'order.placed', ...members });

describe('A delivery', () => {
  it('carries the message that was sent as a CloudEvent, whole, also where a host has parsed it', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const text = eventDocument(message);
        const whole = message.content.kind === 'json' ? { contentType: 'application/json', ...message } : message;
        const fromBytes = deliveryOf({ body: Buffer.from(text), contentType: eventContentType });
        expect(fromBytes.message).toEqual({ ...whole, ...ofTheBroker });
        expect(fromBytes.fingerprint).toBe(fingerprintOf(message));
        // Parsed, the largest numbers can have been others before.
        if (/\d{16}|e\+/.test(text)) return;
        const fromValue = deliveryOf({ body: JSON.parse(text) });
        expect(fromValue).toEqual(fromBytes);
      }),
    );
  });

  it('has the identity of the event, whatever the properties around it say', () => {
    const body = Buffer.from(eventDocument(order as Message));
    const { key, message } = deliveryOf({ body, messageId: 'another' });
    expect(message.id).toBe('order-1');
    expect(key).toEqual({ scope: 'queue', source: '/shop', id: 'order-1' });
  });

  it('of an event of our own source is known by its ID alone, as a plain message is', () => {
    const own = deliveryOf({ body: event({ source: ownSource }) });
    const plain = deliveryOf({ messageId: 'order-1' });
    expect(own.key).toEqual({ scope: 'queue', id: 'order-1' });
    expect(plain.key).toEqual(own.key);
  });

  it('of a plain message has its ID, and as content what was sent', () => {
    const texts = fc.oneof(
      fc.json({ maxDepth: 3 }),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('', '"a"', 'a', '1'),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const { message } = deliveryOf({ body: Buffer.from(text) });
        expect(message.id).toBe('property');
        const { content } = message;
        if (content.kind === 'json') expect(content.value).toEqual(JSON.parse(text));
        else expect(Buffer.from(content.bytes).toString()).toBe(text);
      }),
    );
  });

  it('tells the JSON text "a" from the text a', () => {
    expect(deliveryOf({ body: Buffer.from('"a"') }).message.content).toEqual({ kind: 'json', value: 'a' });
    expect(deliveryOf({ body: Buffer.from('a') }).message.content).toEqual({
      kind: 'binary',
      bytes: Buffer.from('a'),
    });
  });

  it.each([
    ['no ID', undefined],
    ['an empty ID', ''],
    ['an ID that the host cannot tell', { problem: 'was read as JSON by this host.' }],
    ['an ID over 128 units', 'x'.repeat(129)],
    ['an ID with a lone surrogate', '\ud800'],
  ])('of a plain message with %s is refused, never guessed', (_what, messageId) => {
    expect(() => deliveryOf({ messageId })).toThrow(UnusableMessageError);
  });

  it('has the ID of a plain message with a member messageId in its body', () => {
    expect(deliveryOf({ body: Buffer.from('{"messageId":"somebody else"}') }).message.id).toBe('property');
  });

  it.each([
    ['no id', { id: undefined }, '"id"'],
    ['an id of a number', { id: 1 }, '"id"'],
    ['no source', { source: '' }, '"source"'],
    ['a source of over 1,024 units', { source: 's'.repeat(1025) }, '"source"'],
    ['a source with a lone surrogate', { source: '\ud800' }, '"source"'],
    ['no type', { type: 5 }, '"type"'],
    ['a time that is not a text', { time: 5 }, '"time"'],
    ['a content type that no header can carry', { datacontenttype: 'text/plain; x=\u2603' }, '"datacontenttype"'],
    ['both kinds of data', { data: 1, data_base64: 'AA==' }, 'only one'],
    ['Base64 that is not valid', { data_base64: 'A$==' }, 'not Base64'],
  ])('is refused for an event with %s', (_what, members, words) => {
    expect(() => deliveryOf({ body: event(members) })).toThrow(words);
  });

  it.each(['id', 'source', 'type', 'data'])(
    'is refused for an event that has "%s" twice: readers differ on which counts',
    (name) => {
      const text = event({ data: 1 }).toString();
      const body = Buffer.from(`${text.slice(0, -1)},"${name}":"other"}`);
      expect(() => deliveryOf({ body })).toThrow(`The event has "${name}" twice.`);
    },
  );

  it.each(['', 'garbage', 5, null, {}, `00-${'0'.repeat(32)}-${'0'.repeat(16)}-00`])(
    'of an event whose traceparent is %j is processed, without a trace',
    (traceparent) => {
      const { message } = deliveryOf({ body: event({ traceparent, tracestate: '' }) });
      expect(message.id).toBe('order-1');
      expect(message.traceparent).toBeUndefined();
    },
  );

  it('keeps the further attributes of an event', () => {
    const { message } = deliveryOf({ body: event({ subject: 's', partitionkey: 'p', hops: 2, final: true, x: null }) });
    expect(message.attributes).toEqual({ subject: 's', partitionkey: 'p', hops: 2, final: true });
    expect(JSON.parse(eventDocument(message))).toMatchObject({ subject: 's', partitionkey: 'p', hops: 2, final: true });
  });

  it('is refused in words for an event format that cannot be read, and when the content type promises an event', () => {
    const refused = (contentType: string, body: Buffer) => () => deliveryOf({ contentType, body });
    expect(refused('application/cloudevents+avro', Buffer.from('x'))).toThrow('application/cloudevents+avro');
    expect(refused('application/cloudevents+json; charset=utf-8', json({ id: 'x' }))).toThrow('is not the CloudEvent');
  });

  it.each([
    ['by its content type', 'application/cloudevents-batch+json; charset=utf-8', json([])],
    ['by what is in it', 'application/json', Buffer.from(`[${event({})},${event({})}]`)],
    ['by what is in it, without a type', undefined, Buffer.from(`[${event({})}]`)],
  ])('is refused in words for a batch, known %s', (_how, contentType, body) => {
    expect(() => deliveryOf({ contentType, body })).toThrow('send each event by itself');
  });
});

describe('JSON on the queue that would not survive parsing', () => {
  const lossy = [
    '{"order":12345678901234567890}',
    '{"order":12345678901234567891}',
    '{"a":1,"a":2}',
    '{"a":2,"a":2,"b":{"c":1,"c":2}}',
    '[-0]',
    '[1e400]',
    '["\\ud800"]',
    `${'['.repeat(1001)}${']'.repeat(1001)}`,
  ];

  it.each(lossy)('%s reaches the handler as bytes', (text) => {
    const bytes = { kind: 'binary', bytes: Buffer.from(text) };
    const plain = deliveryOf({ body: Buffer.from(text) });
    expect(plain.message).toMatchObject({ content: bytes, contentType: 'application/json' });
    const inEvent = deliveryOf({ body: Buffer.from(`${event({}).toString().slice(0, -1)},"data": ${text} }`) });
    expect(inEvent.message).toMatchObject({ content: bytes, contentType: 'application/json' });
  });

  it('counts as other content for each other text', () => {
    const prints = lossy.map((text) => deliveryOf({ body: Buffer.from(text) }).fingerprint);
    expect(new Set(prints).size).toBe(lossy.length);
  });
});

describe('An event in binary mode on the queue', () => {
  const properties = (prefix: string, more: object = {}) =>
    Object.fromEntries(
      Object.entries({ specversion: '1.0', id: '1', source: '/shop', type: 'order.placed', ...more }).map(
        ([name, value]) => [`${prefix}${name}`, value],
      ),
    );

  it.each(['cloudEvents:', 'cloudEvents_'])(
    'with the prefix %s is the event that it is in structured mode',
    (prefix) => {
      const attributes = { subject: 's', time: '2026-11-22T12:00:00Z' };
      const binary = deliveryOf({
        body: json({ n: 1 }),
        contentType: 'application/json',
        applicationProperties: { other: 1, ...properties(prefix, attributes) },
      });
      const structured = deliveryOf({
        body: event({ id: '1', ...attributes, datacontenttype: 'application/json', data: { n: 1 } }),
        contentType: eventContentType,
      });
      const { properties: own, ...message } = binary.message;
      expect(own).toMatchObject({ other: 1 });
      expect({ ...binary, message: { ...message, properties: {} } }).toEqual(structured);
      expect(binary.key).toEqual({ scope: 'queue', source: '/shop', id: '1' });
    },
  );

  it('keeps data that is not JSON byte for byte, and its type', () => {
    const body = Buffer.from([0xff, 0x00]);
    const { message } = deliveryOf({
      body,
      contentType: 'image/png',
      applicationProperties: properties('cloudEvents:'),
    });
    expect(message).toMatchObject({ contentType: 'image/png', content: { kind: 'binary', bytes: body } });
  });

  it('may have no data', () => {
    const binary = deliveryOf({ body: Buffer.alloc(0), applicationProperties: properties('cloudEvents:') });
    expect(binary.fingerprint).toBe(deliveryOf({ body: event({}) }).fingerprint);
  });

  it('shows its time, which AMQP libraries send as a timestamp', () => {
    const applicationProperties = properties('cloudEvents:', { time: Date.UTC(2026, 10, 22) });
    expect(deliveryOf({ applicationProperties }).message.time).toBe('2026-11-22T00:00:00.000Z');
    const broken = properties('cloudEvents:', { time: Number.NaN });
    expect(deliveryOf({ applicationProperties: broken }).message.time).toBeUndefined();
  });

  it.each([
    ['another version', properties('cloudEvents:', { specversion: '0.3' }), '"specversion"'],
    ['no version', { 'cloudEvents:id': '1' }, '"specversion"'],
    ['an ID that is not a text', properties('cloudEvents:', { id: 1 }), '"id"'],
    ['no source', properties('cloudEvents:', { source: undefined }), '"source"'],
    ['two IDs', { ...properties('cloudEvents:'), cloudEvents_id: '2' }, 'two properties'],
  ])('is refused in words for %s', (_what, applicationProperties, words) => {
    expect(() => deliveryOf({ applicationProperties })).toThrow(words);
  });

  it('is not seen in properties of another name', () => {
    const { key } = deliveryOf({ applicationProperties: { 'cloudEvents:traceparent': 'x', id: '1', source: '/shop' } });
    expect(key).toEqual({ scope: 'queue', id: 'property' });
  });
});

describe('A body that is a value of AMQP', () => {
  it.each([
    ['a map', { a: [1, 'x', null, true, 0.5] }],
    ['null', null],
    ['a number', 7],
  ])('is content if JSON holds it exactly: %s', (_what, body) => {
    expect(deliveryOf({ body }).message.content).toEqual({ kind: 'json', value: body });
  });

  it('is bytes if it is a text', () => {
    expect(deliveryOf({ body: 'text' }).message.content).toEqual({ kind: 'binary', bytes: Buffer.from('text') });
  });

  it.each([
    ['a date', new Date(0)],
    ['bytes in a map', { a: Buffer.from('x') }],
    ['a number that was rounded', 2 ** 53],
    ['a number that is not one', [Number.NaN]],
    ['a negative zero', -0],
    ['a lone surrogate', ['\ud800']],
    ['a key with a lone surrogate', { '\ud800': 1 }],
    ['a function', () => 1],
    ['nothing', undefined],
  ])('is refused in words otherwise: %s', (_what, body) => {
    expect(() => deliveryOf({ body })).toThrow('JSON cannot hold exactly');
  });

  it('is refused when it is nested so deep that another stack could not hold it', () => {
    const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
    expect(deliveryOf({ body: nested(1000) }).message.content.kind).toBe('json');
    expect(() => deliveryOf({ body: nested(1001) })).toThrow('deeper than 1000 levels');
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
    undefined,
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/json;CHARSET="UTF-8"',
  ])('does not depend on how the type of JSON is written: %s', (contentType) => {
    expect(fingerprintOf({ ...base, ...(contentType !== undefined && { contentType }) })).toBe(fingerprintOf(base));
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

describe('What a handler gets', () => {
  it('is what the sender set on the message, and what the broker says of it', () => {
    const { message } = deliveryOf({
      messageId: 'order-1',
      contentType: 'application/json; charset=utf-8',
      applicationProperties: { kind: 'placed', at: new Date(0), big: 2n ** 60n, lost: undefined, odd: { a: 1 } },
      sent: { subject: 'label', correlationId: 'c-1', sessionId: 's-1', partitionKey: 's-1', replyTo: 'r', to: 't' },
      deliveryCount: 3,
    });
    expect(message).toMatchObject({
      contentType: 'application/json; charset=utf-8',
      ...{ subject: 'label', correlationId: 'c-1', sessionId: 's-1', partitionKey: 's-1', replyTo: 'r', to: 't' },
      deliveryCount: 3,
      sequenceNumber: '1',
      enqueuedAt: '2026-11-22T12:00:00.000Z',
    });
    expect(message.properties).toEqual({ kind: 'placed', at: new Date(0), big: 2n ** 60n });
  });

  it('does not change what the message is told from others by', () => {
    const plain = deliveryOf({});
    const rich = deliveryOf({ contentType: 'text/plain', applicationProperties: { a: 1 }, sent: { subject: 'b' } });
    expect(rich.fingerprint).toBe(plain.fingerprint);
    expect(rich.key).toEqual(plain.key);
  });

  it('has no content type that could not be one', () => {
    expect(deliveryOf({ contentType: 'text/plain\r\nx: y' }).message.contentType).toBe('application/json');
  });
});

describe('With an idOf', () => {
  const orderOf: IdOf = ({ content }) => (content.kind === 'json' ? (content.value as { order: string }).order : '');
  const deliver = (parts: Partial<ReceivedMessage>, idOf: IdOf = orderOf) =>
    deliveryFrom(received(parts), { ...deliveryOptions, idOf });

  it.each([
    ['a plain message', { body: json({ order: 'o-1' }) }],
    ['one without an ID of its own', { body: json({ order: 'o-1' }), messageId: undefined }],
    ['an event of another source', { body: event({ data: { order: 'o-1' } }) }],
  ])('%s is known by what it gives', (_what, parts) => {
    expect(deliver(parts)).toMatchObject({ key: { scope: 'queue', id: 'o-1' }, message: { id: 'o-1' } });
    expect(deliver(parts).key).not.toHaveProperty('source');
  });

  it('two kinds of event under one ID differ', () => {
    const [placed, paid] = ['order.placed', 'order.paid'].map((type) =>
      deliver({ body: event({ type, data: { order: 'o-1' } }) }),
    );
    expect(placed?.fingerprint).not.toBe(paid?.fingerprint);
  });

  it.each([
    ['throws', () => (undefined as unknown as { a: string }).a, 'is not known: idOf threw TypeError: '],
    ['gives a number', () => 7 as unknown as string, 'that idOf gave must be a string, but is number.'],
    [
      'gives a promise',
      () => Promise.resolve('7') as unknown as string,
      'that idOf gave must be a string, but is object.',
    ],
    ['gives nothing', () => '', 'that idOf gave must not be empty.'],
    ['gives too much', () => 'x'.repeat(129), 'that idOf gave must be at most 128'],
  ])('that %s, a message is refused in words', (_what, idOf, words) => {
    const refused = () => deliver({}, idOf);
    expect(refused).toThrow(UnusableMessageError);
    expect(refused).toThrow(`The message ID ${words}`);
    expect(refused).toThrow('Correct the message, or idOf, and send it again.');
  });
});
