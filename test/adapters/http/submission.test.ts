import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostBodyBytes, problemIn, startApi } from './http-api-fixture.ts';

const json = { 'content-type': 'application/json' };

/** A body without a length that counts what is taken from it, `chunkBytes` at a time. */
function endlessBody(chunkBytes: number) {
  const taken = { chunks: 0, isCancelled: false };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        taken.chunks += 1;
        controller.enqueue(new Uint8Array(chunkBytes));
      },
      cancel() {
        taken.isCancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, taken };
}

describe('The body of a submission', () => {
  it.each(['application/json', 'APPLICATION/JSON', 'application/json; charset=utf-8', 'application/vnd.order+json'])(
    'of type %s is a JSON value',
    async (contentType) => {
      const { post, published } = startApi();
      expect((await post('{"b": [1.5, null], "a": "ä"}', { 'content-type': contentType })).status).toBe(202);
      expect(published).toMatchObject([{ contentType, content: { kind: 'json', value: { b: [1.5, null], a: 'ä' } } }]);
    },
  );

  it.each(['null', 'false', '0', '""', '[]'])('may be the JSON text %s', async (text) => {
    const { post, published } = startApi();
    expect((await post(text, json)).status).toBe(202);
    expect(published[0]?.content).toEqual({ kind: 'json', value: JSON.parse(text) });
  });

  it.each([
    ['a number that a double cannot hold', '{"account":12345678901234567890}'],
    ['a number beyond all doubles', '1e400'],
    ['a key that stands twice', '{"a":1,"a":2}'],
    ['a lone surrogate', '"\\ud800"'],
    ['very deep nesting', '['.repeat(mostBodyBytes / 2) + ']'.repeat(mostBodyBytes / 2)],
  ])('is kept byte for byte if it is JSON with %s', async (_what, text) => {
    const { post, published } = startApi();
    expect((await post(text, json)).status).toBe(202);
    const [message] = published;
    // Very deep nesting may survive, depending on the stack. Then nothing is lost either.
    if (message?.content.kind === 'json') expect(JSON.stringify(message.content.value)).toBe(text);
    else expect(Buffer.from(message?.content.bytes ?? []).toString()).toBe(text);
    expect(message?.contentType).toBe('application/json');
  });

  it('of any other type is kept byte for byte', () =>
    fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.constantFrom(
          'application/octet-stream',
          'text/plain; charset=iso-8859-1',
          'application/xml',
          'a/json; q="\\""',
          '*/*',
        ),
        async (bytes, contentType) => {
          const { post, published } = startApi();
          expect((await post(bytes.slice(), { 'content-type': contentType })).status).toBe(202);
          expect(published).toMatchObject([{ contentType, content: { kind: 'binary', bytes: new Uint8Array(bytes) } }]);
        },
      ),
      { numRuns: 50 },
    ));

  it('without a type is kept byte for byte, and gets none', async () => {
    const { post, published } = startApi();
    expect((await post(Buffer.from('{"a":1}'))).status).toBe(202);
    expect(published[0]?.content).toEqual({ kind: 'binary', bytes: new TextEncoder().encode('{"a":1}') });
    expect(published[0]).not.toHaveProperty('contentType');
  });

  it.each([
    ['text that is no JSON', '{"a":', json, 'broken-json'],
    ['white space alone', ' \n', json, 'broken-json'],
    ['two JSON texts', '1 2', json, 'broken-json'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xe9, 0x22]), json, 'broken-json'],
    ['a charset that JSON cannot have', '{}', { 'content-type': 'application/json; charset="UTF-16"' }, 'broken-json'],
    ['nothing', '', json, 'empty-body'],
    ['nothing, of no type', '', {}, 'empty-body'],
  ])('is refused as %s, and nothing is published', async (_what, body, headers, kind) => {
    const { post, published, errors } = startApi();
    const response = await post(body, headers);
    expect(response.status).toBe(400);
    expect(await problemIn(response)).toMatchObject({ type: `urn:immutable-service-bus:problem:${kind}` });
    expect([published, errors]).toEqual([[], []]);
  });

  it('that is compressed is refused, with what would be taken', async () => {
    const { post, published } = startApi();
    const response = await post('x', { 'content-encoding': 'gzip' });
    expect([response.status, response.headers.get('accept-encoding')]).toEqual([415, 'identity']);
    expect(await problemIn(response)).toMatchObject({ type: 'urn:immutable-service-bus:problem:unsupported-encoding' });
    expect((await post('x', { 'content-encoding': 'identity' })).status).toBe(202);
    expect(published).toHaveLength(1);
  });

  it.each(['json', 'text/', 'a/b c', 'a/b; c', 'a/b; c="', 'a/b, c/d', 'a/ä', `a/${'b'.repeat(500)}`])(
    'of the content type "%s", which is no media type, is refused',
    async (contentType) => {
      const { post, published } = startApi();
      const response = await post('x', { 'content-type': contentType });
      expect(response.status).toBe(400);
      expect(await problemIn(response)).toMatchObject({ type: 'urn:immutable-service-bus:problem:invalid-header' });
      expect(published).toEqual([]);
    },
  );

  it('of an empty content type has none', async () => {
    const { post, published } = startApi();
    expect((await post('x', { 'content-type': '' })).status).toBe(202);
    expect(published[0]).not.toHaveProperty('contentType');
  });

  it.each(['utf-8', 'UTF-8', '"utf-8"', 'utf8', 'us-ascii'])('may be JSON with the charset %s', async (charset) => {
    const { post, published } = startApi();
    expect((await post('{"a":1}', { 'content-type': `application/json;charset=${charset}` })).status).toBe(202);
    expect(published[0]?.content).toEqual({ kind: 'json', value: { a: 1 } });
  });

  it('may have the largest size, and not a byte more', async () => {
    const { post, published } = startApi();
    expect((await post(Buffer.alloc(mostBodyBytes))).status).toBe(202);
    const response = await post(Buffer.alloc(mostBodyBytes + 1));
    expect(response.status).toBe(413);
    expect((await problemIn(response))['detail']).toContain(`${mostBodyBytes} bytes`);
    expect(published).toHaveLength(1);
  });

  it('that says it is too large is not read', async () => {
    const { post, published } = startApi();
    const { body, taken } = endlessBody(1);
    const response = await post(body, { 'content-length': String(mostBodyBytes + 1) });
    expect(response.status).toBe(413);
    expect(taken.chunks).toBe(0);
    expect(published).toEqual([]);
  });

  it('that does not say its size is read to the limit and no further', async () => {
    const { post, published } = startApi();
    const { body, taken } = endlessBody(mostBodyBytes / 4);
    expect((await post(body)).status).toBe(413);
    expect(taken).toEqual({ chunks: 5, isCancelled: true });
    expect(published).toEqual([]);
  });

  it('that is cut off is not published', async () => {
    const { post, published, errors } = startApi();
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Buffer.from('{"whole":true}'));
      },
      pull(controller) {
        controller.error(new Error('The connection broke.'));
      },
    });
    const response = await post(body, json);
    expect(response.status).toBe(400);
    expect(await problemIn(response)).toMatchObject({ type: 'urn:immutable-service-bus:problem:incomplete-body' });
    expect([published, errors]).toEqual([[], []]);
  });
});

describe('The trace of a submission', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  it('goes along', async () => {
    const { post, published } = startApi();
    await post('x', { traceparent });
    expect(published).toMatchObject([{ traceparent }]);
  });

  it('goes along with its state', async () => {
    const { post, published } = startApi();
    await post('x', { traceparent, tracestate: 'vendor=1' });
    expect(published).toMatchObject([{ traceparent, tracestate: 'vendor=1' }]);
  });

  it.each([
    ['no trace context', 'x'],
    ['one of zeros', '00-00000000000000000000000000000000-b7ad6b7169203331-01'],
    ['one of a version that does not exist', traceparent.replace('00-', 'ff-')],
    ['two of them', `${traceparent}, ${traceparent}`],
  ])('is left out if it is %s, and the message is published', async (_what, value) => {
    const { post, published } = startApi();
    expect((await post('x', { traceparent: value })).status).toBe(202);
    expect(published).toHaveLength(1);
    expect(published[0]).not.toHaveProperty('traceparent');
  });
});
