import { describe, expect, it, onTestFinished } from 'vitest';
import type { MessageHandler } from '../../../src/application/ports/message-handler.ts';
import { ConfigError } from '../../../src/application/settings/config-error.ts';
import { startHost } from '../../../src/entrypoints/standalone/start-host.ts';
import { newLog, startEngines } from './standalone-fixture.ts';

describe("A host around a handler of one's own", () => {
  it('hands it the message, keeps its steps and its result, and leaves the shipped handler out', async () => {
    const { settings, storage } = await startEngines();
    const handler: MessageHandler = async ({ id, content }, { step }) => {
      const amount = await step('price', () => (content.kind === 'json' ? content.value : null));
      return { id, amount };
    };
    const { log, lines } = newLog();
    const env = { ...settings, MESSAGE_HANDLER: 'archive' };
    const host = await startHost({ handler, env, log, endsOnSignal: false });
    onTestFinished(() => host.stop());
    expect(lines.at(-1)).toMatchObject({ level: 'info', message: `Ready on ${host.address}` });

    const headers = { 'idempotency-key': 'order-1', 'content-type': 'application/json' };
    await fetch(`${host.address}/api/messages`, { method: 'POST', headers, body: '{"eur":5}' });
    const status = async () => (await fetch(`${host.address}/api/messages/order-1`)).json();
    await expect.poll(status).toMatchObject({ status: 'completed', result: { id: 'order-1', amount: { eur: 5 } } });
    const processed = storage.getContainerClient('processed').listBlobsFlat({ prefix: `${settings.QUEUE_NAME}/` });
    expect((await processed.next()).done).toBe(true);
  });

  it('is refused with everything that is wrong with the settings', async () => {
    const starting = startHost({ env: { PORT: 'x', LOCK_TTL: '1' }, log: newLog().log, endsOnSignal: false });
    await expect(starting).rejects.toThrow(ConfigError);
    await expect(starting).rejects.toThrow(/LockStorage is not set.*LOCK_TTL is "1".*PORT is "x"/s);
  });
});
