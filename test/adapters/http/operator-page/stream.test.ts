import { expect, it, onTestFinished } from 'vitest';
import { serve } from '../../../../src/adapters/http/node-server/web-server.ts';
import { durationMs, seconds } from '../../../../src/domain/time.ts';
import { heldBy, messageId } from '../../../support/lock-records.ts';
import { until } from '../../../support/until.ts';
import { startPage } from './page-fixture.ts';

/** A page behind a server, and what comes on a stream of it. */
async function startStream(path = '/live') {
  const started = startPage();
  const options = { host: '127.0.0.1', port: 0, maxConcurrentRequests: 1, keepAliveTimeoutMs: seconds(60) };
  const server = await serve((request) => started.page.answer(request), options);
  onTestFinished(() => server.close(durationMs(0)));
  const reader = new AbortController();
  onTestFinished(() => reader.abort());
  const response = await fetch(server.address + path, { signal: reader.signal });
  let text = '';
  const reading = (async () => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
  })().catch(() => undefined);
  const events = () =>
    [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']): { readonly parts: Record<string, string> } =>
      JSON.parse(data),
    );
  return { ...started, server, response, reader, reading, events };
}

it('A stream sends all parts of the page first, then those that changed, and takes no place of another request', async () => {
  const { response, events, store, server } = await startStream();
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  await until(() =>
    expect(Object.keys(events()[0]?.parts ?? {})).toEqual(['numbers', 'now', 'needs', 'acts', 'proof']),
  );
  await store(heldBy('owner-1', { messageId: messageId('order-1') }));
  await until(() => expect(events().at(-1)?.parts['now']).toContain('order-1'));
  expect(
    events()
      .slice(1)
      .every(({ parts }) => !('acts' in parts)),
  ).toBe(true);
  expect((await fetch(server.address)).status).toBe(200);
});

it('A stream of one message sends its life as it goes on', async () => {
  const { events, store } = await startStream('/live?id=order-1');
  await until(() => expect(events()[0]?.parts['life']).toContain('There is no lock of this message'));
  await store(heldBy('owner-1', { messageId: messageId('order-1') }));
  await until(() => expect(events().at(-1)?.parts['life']).toContain('● at work'));
});

it('A stream ends with its host', async () => {
  const { reading, stop, events } = await startStream();
  await until(() => expect(events().length).toBeGreaterThan(0));
  stop();
  await reading;
});
