import type { ServiceBusMessage } from '@azure/service-bus';
import { describe, expect, it } from 'vitest';
import { lockBlobs } from '../../support/blob-containers.ts';
import { emptyQueue, startHost } from './standalone-fixture.ts';

describe('A message posted to a standalone host', () => {
  it('is processed, stored byte for byte, and its lock shows that it is completed', async () => {
    const { post, untilStatus, untilQueue, processedBlob, lockBlob, getStatus, queue } = await startHost();
    const bytes = new Uint8Array(1000).map((_, index) => index);
    const response = await post('order-1', bytes, 'image/x-test; a="b"');
    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toBe('/api/messages/order-1');
    await untilStatus('order-1', 'completed');
    await untilQueue(emptyQueue);

    expect(await processedBlob('order-1')).toMatchObject({
      bytes: Buffer.from(bytes),
      contentType: 'image/x-test; a="b"',
    });
    expect((await lockBlob('order-1'))?.metadata).toMatchObject({ state: 'completed', messageid: 'order-1' });
    expect(await getStatus('order-1')).toMatchObject({
      attempt: 1,
      result: { stored: `${queue}/order-1`, bytes: bytes.length },
    });
  });

  it.each([
    ['a JSON value', '{"b":[1.5,"ä"],"a":null}', 'application/json; charset=utf-8'],
    ['JSON that a JavaScript value cannot hold', '{"n":12345678901234567890,"n":1}', 'application/json'],
    ['text', 'Grüße\n', 'text/plain; charset=utf-8'],
    ['one byte', '0', 'application/octet-stream'],
  ])('comes out as it went in: %s', async (_what, text, contentType) => {
    const { post, untilStatus, processedBlob } = await startHost();
    await post('m-1', text, contentType);
    await untilStatus('m-1', 'completed');
    expect(await processedBlob('m-1')).toMatchObject({ bytes: Buffer.from(text), contentType });
  });

  it('has its lock and its content in the folder of its scope, however hostile its ID', async () => {
    const { post, host, locks, queue, storage } = await startHost();
    const ids = ['../../etc/passwd', 'a/b\\c', '%2e%2e%2f', 'a b?c#d', '~2E', '.', 'lock-x.lock'];
    for (const id of ids) {
      const location = (await post(id.replaceAll('\\', '\\\\'), 'x', 'text/plain')).headers.get('location');
      const status = async () => (await fetch(`${host.address}${location}`)).json();
      await expect.poll(status).toMatchObject({ messageId: id, status: 'completed' });
    }
    const names = [];
    for await (const { name } of lockBlobs(locks)) names.push(name);
    expect(names).toHaveLength(ids.length);
    for await (const { name } of storage.getContainerClient('processed').listBlobsFlat({ prefix: `${queue}/` })) {
      names.push(name);
    }
    expect(names).toHaveLength(2 * ids.length);
    for (const name of names) expect(name).toMatch(new RegExp(`^${queue}/[A-Za-z0-9_~.-]+$`));
  });

  it('is skipped when it comes again under its ID, with one line that says so', async () => {
    const { post, untilStatus, untilQueue, lockBlob, lines } = await startHost();
    await post('order-1', '{"n":1,"m":2}');
    await untilStatus('order-1', 'completed');
    await untilQueue(emptyQueue);
    const before = await lockBlob('order-1');
    const from = lines.length;
    await post('order-1', '{"m":2, "n":1}');
    await expect.poll(() => lines.length).toBeGreaterThan(from);
    await untilQueue(emptyQueue);
    expect(lines.slice(from)).toEqual([
      expect.objectContaining({ event: 'submission', messageId: 'order-1', outcome: 'accepted' }),
      expect.objectContaining({
        level: 'info',
        message: 'Message order-1: already completed, this duplicate is skipped.',
        event: 'skipped',
        lock: expect.stringContaining('/lock-order-1.lock'),
      }),
    ]);
    expect(await lockBlob('order-1')).toEqual(before);
  });

  it('is dead-lettered as a mismatch when its ID belongs to other content, which stays', async () => {
    const { post, send, untilStatus, untilQueue, processedBlob } = await startHost();
    await post('order-1', '{"n":1}');
    await untilStatus('order-1', 'completed');
    await send({ messageId: 'order-1', body: { n: 2 } });
    await untilQueue({
      active: [],
      locked: [],
      deadLettered: [
        {
          messageId: 'order-1',
          deadLetterReason: 'MessageMismatchError',
          deadLetterErrorDescription: expect.stringContaining('belongs to a message with other content'),
        },
      ],
    });
    expect((await processedBlob('order-1'))?.bytes.toString()).toBe('{"n":1}');
    await untilStatus('order-1', 'completed');
  });

  it('is refused at once when its ID belongs to other content, and nothing comes onto the queue', async () => {
    const { post, untilStatus, untilQueue, emulator, queue } = await startHost();
    await post('order-1', '{"n":1}');
    await untilStatus('order-1', 'completed');
    await untilQueue(emptyQueue);
    const response = await post('order-1', '{"n":2}');
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      type: 'urn:immutable-service-bus:problem:content-mismatch',
      messageId: 'order-1',
      links: { status: '/api/messages/order-1' },
    });
    expect((await post('order-1', '{ "n": 1 }')).status).toBe(202);
    await untilQueue(emptyQueue);
    expect(emulator.inspect(queue)).toEqual(emptyQueue);
  });

  it('carries its trace from the HTTP end to the work, and its content into no log', async () => {
    const { host, untilLogged, lines } = await startHost();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await fetch(`${host.address}/api/messages`, {
      method: 'POST',
      headers: { 'idempotency-key': 'order-1', 'content-type': 'text/plain', traceparent },
      body: 'the secret content',
    });
    await untilLogged('Message order-1: completed');
    expect(lines.find(({ event }) => event === 'submission')).toMatchObject({
      level: 'info',
      message: 'Message order-1: submitted.',
      messageId: 'order-1',
      bytes: 18,
      contentType: 'text/plain',
      outcome: 'accepted',
      traceparent,
    });
    expect(lines.find(({ event }) => event === 'completed')).toMatchObject({ traceparent });
    expect(JSON.stringify(lines)).not.toContain('secret content');
  });

  it('leaves no lock when completed ones are not kept', async () => {
    const { post, untilLogged, untilQueue, lockBlob, processedBlob } = await startHost({ COMPLETED_RETENTION: 'PT0S' });
    await post('order-1', '{"n":1}');
    await untilLogged('Message order-1: completed, the lock is deleted.');
    await untilQueue(emptyQueue);
    expect(await lockBlob('order-1')).toBeUndefined();
    expect((await processedBlob('order-1'))?.bytes.toString()).toBe('{"n":1}');
  });
});

const eventType = 'application/cloudevents+json';

describe('A message of another producer', () => {
  it('is served under its Service Bus message ID, and once', async () => {
    const { send, untilStatus, untilQueue, processedBlob, lines } = await startHost();
    await send({ messageId: 'theirs-1', body: { n: 1 } });
    await untilStatus('theirs-1', 'completed');
    await send({ messageId: 'theirs-1', body: { n: 1 } });
    await expect.poll(() => lines.filter(({ event }) => event === 'skipped')).toHaveLength(1);
    await untilQueue(emptyQueue);
    expect((await processedBlob('theirs-1'))?.bytes.toString()).toBe('{"n":1}');
  });

  it('that is a CloudEvent is served under the source and the ID of the event', async () => {
    const { send, getStatus, processedBlob } = await startHost();
    const event = { specversion: '1.0', id: 'event-1', source: '/theirs', type: 't', data_base64: 'AAE=' };
    await send({ messageId: 'other', body: event, contentType: eventType });
    const status = () => getStatus('event-1?source=%2Ftheirs');
    await expect.poll(status).toMatchObject({ messageId: 'event-1', source: '/theirs', status: 'completed' });
    expect((await processedBlob('~2Ftheirs~~event-1'))?.bytes).toEqual(Buffer.from([0, 1]));
  });

  it.each<[string, ServiceBusMessage, string]>([
    ['of no text in its event', { messageId: 'x', body: { specversion: '1.0', id: 5 } }, 'The event\'s "id" must be a'],
    ['that nobody can find in its event', { messageId: 'x', body: 1, contentType: eventType }, 'is not the CloudEvent'],
  ])('with an ID %s is dead-lettered with the reason, has no lock, and keeps nobody waiting', async (...row) => {
    const [, message, words] = row;
    const { send, post, untilStatus, untilQueue, locks } = await startHost();
    await send(message);
    await untilQueue({
      active: [],
      locked: [],
      deadLettered: [
        { deadLetterReason: 'UnusableMessageError', deadLetterErrorDescription: expect.stringContaining(words) },
      ],
    });
    expect((await lockBlobs(locks).next()).done).toBe(true);
    await post('next', '1');
    await untilStatus('next', 'completed');
  });

  it.each([
    ['a number', { messageId: 42, body: 1 }, /^42$/],
    ['a UUID', { messageId: Buffer.from('abcdefghijklmnop'), body: 1 }, /^61626364-6566-6768-696a-6b6c6d6e6f70$/],
    ['none, so that the broker gives it one', { body: 1 }, /^[0-9a-f]{32}$/],
  ])('whose ID is %s is served under that', async (_what, message, id) => {
    const { send, lines } = await startHost();
    await send(message);
    const completed = () => lines.find(({ event }) => event === 'completed')?.['messageId'];
    await expect.poll(completed).toMatch(id);
  });
});
