import { describe, expect, it } from 'vitest';
import { deliveryFrom } from '../../../src/adapters/cloud-events/delivery-from.ts';
import { eventContentType, eventDocument } from '../../../src/adapters/cloud-events/event-document.ts';
import { fingerprintOf } from '../../../src/adapters/system/fingerprint-of.ts';
import { heldBy, messageId } from '../../support/lock-records.ts';
import { deliveryOptions, received } from '../../support/received.ts';
import { problemIn, startApi } from './http-api-fixture.ts';

const attributes = { specversion: '1.0', id: '1', source: '/shop-a', type: 'order.placed' };
const structured = (members: object = {}): string => JSON.stringify({ ...attributes, data: { n: 1 }, ...members });
const asEvent = { 'content-type': eventContentType };
const ce = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/shop-a', 'ce-type': 'order.placed' };

describe('A CloudEvent that is posted', () => {
  it('in structured mode is the event, under its own source and ID', async () => {
    const { post, published } = startApi();
    const response = await post(structured({ subject: 's', hops: 1 }), {
      'content-type': `${eventContentType}; charset=utf-8`,
    });
    expect(response.status).toBe(202);
    const status = '/api/messages/1?source=%2Fshop-a';
    expect(response.headers.get('location')).toBe(status);
    expect(await response.json()).toEqual({ messageId: '1', source: '/shop-a', status: 'accepted', links: { status } });
    expect(published).toEqual([
      {
        id: '1',
        source: '/shop-a',
        type: 'order.placed',
        contentType: 'application/json',
        content: { kind: 'json', value: { n: 1 } },
        attributes: { subject: 's', hops: 1 },
      },
    ]);
  });

  it('in binary mode is the same event, and so it is on the queue', async () => {
    const { post, published } = startApi();
    const time = '2026-11-22T12:00:00Z';
    await post(structured({ time, comexampleextension: 'x y"%ä' }), asEvent);
    const headers = { ...ce, 'ce-time': time, 'CE-ComExampleExtension': 'x%20y%22%25%C3%A4' };
    await post('{"n":1}', { ...headers, 'content-type': 'application/json' });
    const [one, other] = published;
    expect(other).toEqual(one);
    if (one === undefined) throw new Error('Nothing was published.');
    const onQueue = received({ body: Buffer.from(eventDocument(one)), contentType: eventContentType });
    const { key, message, fingerprint } = deliveryFrom(onQueue, deliveryOptions);
    expect(message).toMatchObject(one);
    expect(fingerprint).toBe(fingerprintOf(one));
    expect(key).toEqual({ scope: 'queue', source: '/shop-a', id: '1' });
  });

  it('twice is the same message, and from another source another one', async () => {
    const { post, published } = startApi();
    for (const source of ['/shop-a', '/shop-a', '/shop-b']) await post(structured({ source }), asEvent);
    expect(published.map(({ source, id }) => `${source} ${id}`)).toEqual(['/shop-a 1', '/shop-a 1', '/shop-b 1']);
  });

  it('meets the lock of its own source and ID alone', async () => {
    const { post, storeLock } = startApi();
    const fingerprint = fingerprintOf({ type: 'other', content: { kind: 'json', value: 1 } });
    await storeLock(heldBy('owner', { messageId: messageId('1'), source: '/shop-a', fingerprint }));
    const mismatch = await post(structured(), asEvent);
    expect(mismatch.status).toBe(422);
    expect(await problemIn(mismatch)).toMatchObject({
      messageId: '1',
      source: '/shop-a',
      links: { status: '/api/messages/1?source=%2Fshop-a' },
    });
    expect((await post(structured({ source: '/shop-b' }), asEvent)).status).toBe(202);
  });

  it('of our own source is a submission like any other', async () => {
    const { post } = startApi();
    const response = await post(structured({ source: '/api/messages' }), asEvent);
    expect(await response.json()).toMatchObject({ messageId: '1', links: { status: '/api/messages/1' } });
  });

  it('may name its ID as the Idempotency-Key, and no other', async () => {
    const { post, published } = startApi();
    expect((await post(structured(), { ...asEvent, 'idempotency-key': '"1"' })).status).toBe(202);
    const other = await post(structured(), { ...asEvent, 'idempotency-key': '2' });
    expect(other.status).toBe(400);
    expect((await problemIn(other))['type']).toMatch(/invalid-header$/);
    expect(published).toHaveLength(1);
  });

  it('may have no data in binary mode', async () => {
    const { post, published } = startApi();
    expect((await post(new Uint8Array(), ce)).status).toBe(202);
    expect((await post(structured({ data: undefined }), asEvent)).status).toBe(202);
    expect(published[0]).toEqual(published[1]);
  });

  it('keeps data that is not JSON byte for byte, and quoted header values', async () => {
    const { post, published } = startApi();
    const bytes = Uint8Array.of(0xff, 0, 1);
    await post(bytes, { ...ce, 'ce-id': '"a \\"b\\""', 'content-type': 'image/png' });
    expect(published[0]).toMatchObject({ id: 'a "b"', contentType: 'image/png', content: { kind: 'binary' } });
  });

  it('goes with its own trace, or else with that of the request', async () => {
    const { post, published } = startApi();
    const trace = (digit: string) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;
    await post(structured({ traceparent: trace('a') }), { ...asEvent, traceparent: trace('b') });
    await post(structured({ traceparent: '' }), { ...asEvent, traceparent: trace('b') });
    expect(published.map(({ traceparent }) => traceparent)).toEqual([trace('a'), trace('b')]);
  });

  it.each<[string, string, Record<string, string>, string]>([
    [
      'a batch',
      `[${structured()}]`,
      { 'content-type': 'application/cloudevents-batch+json' },
      'send each event by itself',
    ],
    ['another format', 'x', { 'content-type': 'application/cloudevents+avro' }, 'application/cloudevents+avro'],
    ['no event', '{"id":"1"}', asEvent, 'is not the CloudEvent'],
    ['no source', structured({ source: undefined }), asEvent, '"source"'],
    ['another version', '{}', { ...ce, 'ce-specversion': '0.3' }, '"specversion"'],
    ['no ID', '{}', { 'ce-specversion': '1.0', 'ce-source': '/', 'ce-type': 't' }, '"id"'],
    ['a header that is not percent-encoded', '{}', { ...ce, 'ce-subject': '100%' }, 'ce-subject'],
    ['a header in another encoding', '{}', { ...ce, 'ce-subject': 'ä' }, 'ce-subject'],
  ])('is refused in words for %s', async (_what, body, headers, words) => {
    const { post, published } = startApi();
    const response = await post(body, headers);
    expect(response.status).toBe(400);
    const problem = await problemIn(response);
    expect(problem['type']).toBe('urn:immutable-service-bus:problem:invalid-event');
    expect(problem['detail']).toContain(words);
    expect(published).toEqual([]);
  });

  it('is JSON in UTF-8', async () => {
    const { post } = startApi();
    for (const body of ['{', Uint8Array.of(0x22, 0xff, 0x22)]) {
      const response = await post(body, asEvent);
      expect((await problemIn(response))['type']).toMatch(/broken-json$/);
    }
  });

  it('is content, if nothing says that it is an event', async () => {
    const { post, published } = startApi();
    await post(structured(), { 'content-type': 'application/json', 'idempotency-key': 'k' });
    expect(published[0]).toMatchObject({
      id: 'k',
      source: '/api/messages',
      content: { value: JSON.parse(structured()) },
    });
  });
});
