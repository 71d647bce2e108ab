import { RequestResponseLink } from '@azure/core-amqp';
import { Connection } from 'rhea-promise';
import { expect, it, onTestFinished } from 'vitest';
import { queueName, startQueue } from './queue-fixture.ts';

it('A request that is given up after its connection broke ends as aborted, and not its process', async () => {
  const { port } = await startQueue();
  const connection = await new Connection({ host: '127.0.0.1', port, reconnect: false }).open();
  onTestFinished(() => connection.close().catch(() => undefined));
  const address = `${queueName}/$management`;
  const link = await RequestResponseLink.create(
    connection,
    { target: { address } },
    { source: { address }, target: { address: 'replies' } },
  );
  expect(link.receiver.address).toBe(address);
  const ends = new AbortController();
  const request = link.sendRequest({ body: {} }, { abortSignal: ends.signal, timeoutInMs: 3_600_000 });
  // As rhea leaves a link whose connection broke, and is to be opened anew.
  Reflect.set(Reflect.get(link.receiver, '_link'), 'remote', {});
  ends.abort();
  await expect(request).rejects.toMatchObject({ name: 'AbortError' });
});
