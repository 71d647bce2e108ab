import { describe, expect, it } from 'vitest';
import { queue, startEmulator } from '../emulator-fixture.ts';
import { attach, close, credit, detach, end, RawClient, settle, source, target } from './raw-client.ts';

/** A raw client to which one message is locked. */
async function withMessage() {
  const { emulator, sender } = await startEmulator();
  await sender.sendMessages({ body: 1 });
  const client = await RawClient.begin(emulator.port);
  client.write(attach({ from: source(queue), to: target('me') }), credit(1));
  await client.next('transfer');
  return { emulator, client };
}

describe('a settlement counts', () => {
  it.each([
    ['detach', detach(), 'detach'],
    ['end', end(), 'end'],
    ['close', close(), 'close'],
  ] as const)('also if it is read together with the %s', async (_, leave, answer) => {
    const { emulator, client } = await withMessage();
    client.write(settle(0), leave);
    await client.next('disposition');
    await client.next(answer);
    expect(emulator.inspect(queue)).toMatchObject({ active: [], locked: [] });
  });

  it('also if it is read together with the end of the stream', async () => {
    const { emulator, client } = await withMessage();
    client.end(settle(0, 'accepted', true));
    await expect.poll(() => emulator.inspect(queue).locked).toEqual([]);
    expect(emulator.inspect(queue).active).toEqual([]);
  });

  it('of each kind', async () => {
    const { emulator, client } = await withMessage();
    client.write(settle(0, 'rejected'), detach());
    await client.next('detach');
    expect(emulator.inspect(queue)).toMatchObject({ active: [], locked: [], deadLettered: [{}] });
  });
});

describe('a settlement', () => {
  it('that releases a message gives it back as if it had not been delivered', async () => {
    const { emulator, client } = await withMessage();
    client.write(settle(0, 'released'));
    await client.next('disposition');
    expect(emulator.inspect(queue)).toMatchObject({ active: [{ deliveryCount: 0 }], locked: [] });
  });

  it('that modifies a message counts as a delivery', async () => {
    const { emulator, client } = await withMessage();
    client.write(settle(0, 'modified'));
    await client.next('disposition');
    expect(emulator.inspect(queue)).toMatchObject({ active: [{ deliveryCount: 1 }], locked: [] });
  });
});
