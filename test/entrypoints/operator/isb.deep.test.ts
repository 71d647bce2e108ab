import { describe, expect, it } from 'vitest';
import { startIncident } from './isb-fixture.ts';

describe('isb', () => {
  it('says that a person is needed, what it would do, does it when told to, and is done', async () => {
    const { send, wearOut, isb, snapshot } = await startIncident();
    expect(await isb('status', '--json')).toMatchObject({ code: 0, rows: [{ needsPerson: false }] });
    await send({ messageId: 'm-1', body: { order: 1 } });
    await wearOut();
    expect(await isb('status', '--json')).toMatchObject({
      code: 1,
      rows: [{ dead: { 'never-started': 1 }, needsPerson: true }],
    });
    const redrive = ['dead', 'redrive', '--verdict', 'never-started', '--reason', 'a test'];
    const planned = await isb(...redrive);
    expect(planned.err).toContain('It would: Put back 1 dead letters');
    expect(snapshot()).toMatchObject({ active: [], deadLettered: [{ messageId: 'm-1', deliveryCount: 10 }] });
    const done = await isb(...redrive, '--yes', '--json');
    expect(done).toMatchObject({ code: 0, rows: [{ done: 1, left: 0, ended: 'at-the-end' }] });
    expect(done.err).toMatch(/"event":"redriven".*"reason":"a test"/);
    expect(snapshot()).toMatchObject({ active: [{ messageId: 'm-1' }], deadLettered: [] });
  });

  it('says where a queue or a store cannot be reached, and which settings are wrong', async () => {
    const { isb } = await startIncident({}, { QUEUE_NAME: 'no-such-queue' });
    const missing = await isb('dead', 'list');
    expect(missing).toMatchObject({ code: 5, err: expect.stringContaining('There is no no-such-queue') });
    expect(await isb('dead', 'list', '--topic', 't')).toMatchObject({ code: 2 });
    expect(await isb('status', '--scope', 'a b')).toMatchObject({
      code: 2,
      err: expect.stringContaining('LOCK_SCOPE is "a b"'),
    });
  });
});
