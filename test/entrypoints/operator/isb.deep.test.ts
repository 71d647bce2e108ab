import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PermanentFailure } from '../../../src/domain/step-errors.ts';
import { readConfig } from '../../../src/entrypoints/composition/config.ts';
import { startStandaloneHost } from '../../../src/entrypoints/standalone/standalone-host.ts';
import { newLog } from '../standalone/standalone-fixture.ts';
import { isbWith, startIncident } from './isb-fixture.ts';

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
    expect(planned.err).toContain('Would put back 1 dead letter of ');
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

  it('asks on a terminal before it changes anything, and takes only a yes for one', async () => {
    const { send, wearOut, patient, snapshot } = await startIncident();
    await send({ messageId: 'm-1', body: { order: 1 } });
    await wearOut();
    const redrive = ['dead', 'redrive', '1', '--reason', 'a test'];
    const refused = await isbWith(patient, redrive, { answer: 'no' });
    expect(refused).toMatchObject({
      code: 0,
      err: expect.stringMatching(/Put back 1 dead letter .* Do it\? \[y\/N\]/s),
    });
    expect(snapshot()).toMatchObject({ active: [], deadLettered: [{ messageId: 'm-1' }] });
    expect(await isbWith(patient, redrive, { answer: 'y' })).toMatchObject({ code: 0 });
    expect(snapshot()).toMatchObject({ active: [{ messageId: 'm-1' }], deadLettered: [] });
  });

  it('counts what is on the queue, and says how long locks are kept', async () => {
    const { send, isb } = await startIncident();
    await send({ messageId: 'm-1', body: { order: 1 } }, { messageId: 'm-2', body: { order: 2 } });
    const { out } = await isb('status');
    expect(out).toContain('messages      2 on the queue');
    expect(out).toMatch(/^kept {10}completed locks \d+ d, others \d+ d$/m);
  });

  it('follows a lock until its work is completed', async () => {
    const { send, host, patient } = await startIncident();
    const [waits, isHeld] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    // The message is sent once somebody waits for it, and its work ends once it was seen, however seldom a busy machine looks.
    const onText = (text: string) => {
      if (text.includes('Waiting for one.')) waits.resolve();
      if (text.includes('"held"')) isHeld.resolve();
    };
    const watching = isbWith(patient, ['locks', 'watch', 'm-1', '--every', 'PT0.05S', '--json'], { onText });
    await host(async (_, { step }) => {
      await step('charge', () => 7);
      await isHeld.promise;
    });
    await waits.promise;
    await send({ messageId: 'm-1', body: { order: 1 } });
    const { code, rows, err } = await watching;
    expect(code).toBe(0);
    expect(err).toContain('There is no lock of m-1 now. Waiting for one.');
    expect(rows.at(0)).toMatchObject({ state: 'held', attempt: 1 });
    expect(rows.at(-1)).toMatchObject({ state: 'completed', steps: 1 });
  });

  it("tells a message's life in one list: queued, its owners, what a person did, where it is now", async () => {
    const { send, host, untilDead, isb } = await startIncident();
    expect(await isb('trace', 'm-1')).toMatchObject({ code: 3 });
    await host(async (_, { step }) => {
      await step('charge', () => 7);
      throw new PermanentFailure('no such article');
    });
    await send({ messageId: 'm-1', body: { order: 1 } });
    await untilDead(1);
    await isb('locks', 'release', 'm-1', '--yes', '--reason', 'the article is there');
    const { code, rows, err } = await isb('trace', 'm-1', '--json');
    expect(rows.map(({ what }) => what).sort()).toEqual([
      'an attempt began',
      'failed for good',
      'queued',
      'release by hand',
      'step 1 finished',
    ]);
    expect(rows.map(({ at }) => at)).toEqual(rows.map(({ at }) => at).sort());
    expect(code).toBe(1);
    expect(err).toContain('Its message is a dead letter, 1.');
    expect(err).toContain('Next: the next delivery takes over');
  });

  it('exports dead letters to a file, and sends them again from it', async () => {
    const { send, wearOut, host, untilState, client, queue, isb, snapshot } = await startIncident();
    const body = Buffer.from('{"n": 12345678901234567890, "z":1.0}');
    await send({ messageId: 'm-1', body, contentType: 'application/json', subject: 'order', correlationId: 'c-1' });
    await wearOut();
    const { out } = await isb('dead', 'export', '--json');
    const folder = await mkdtemp(join(tmpdir(), 'isb-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'letters.ndjson');
    await writeFile(file, out);
    const receiver = client.createReceiver(queue, { subQueueType: 'deadLetter', receiveMode: 'receiveAndDelete' });
    await receiver.receiveMessages(1);
    const load = ['dead', 'import', file, '--reason', 'a test'];
    expect(await isb(...load)).toMatchObject({ code: 0, err: expect.stringContaining('Would send 1 message to') });
    expect(snapshot()).toMatchObject({ active: [], deadLettered: [] });
    expect(await isb(...load, '--yes')).toMatchObject({ code: 0, err: expect.stringContaining('1 message sent.') });
    const [sent] = await client.createReceiver(queue, { skipParsingBodyAsJson: true }).peekMessages(1);
    expect(sent).toMatchObject({ body, subject: 'order', correlationId: 'c-1', contentType: 'application/json' });
    expect(sent?.applicationProperties).toMatchObject({ 'isb-redriven-from': '1', 'isb-redrive-reason': 'a test' });
    await host(async () => 'done');
    await untilState('m-1', 'completed');
    await writeFile(file, `${out}nonsense\n`);
    expect(await isb(...load, '--yes')).toMatchObject({ code: 2, err: expect.stringContaining('Line 2 is not JSON.') });
    expect(await isb('dead', 'import', join(folder, 'none'), '--reason', 'a test')).toMatchObject({ code: 2 });
  });

  it('looks for locks where the app has them, and says which scope that is', async () => {
    const { send, wearOut, settings, isb, verdicts } = await startIncident();
    const config = readConfig({ ...settings, LOCK_SCOPE: 'elsewhere' });
    const running = await startStandaloneHost(config, newLog().log, { handler: async () => 'done' });
    await send({ messageId: 'm-1', body: {} });
    await expect
      .poll(async () => (await isb('locks', 'list', '--scope', 'elsewhere', '--json')).rows)
      .toMatchObject([{ state: 'completed' }]);
    await running.stop();
    await send({ messageId: 'm-1', body: {} });
    await wearOut();
    expect(await isb('dead', 'list')).toMatchObject({
      code: 2,
      err: expect.stringContaining('give --scope elsewhere'),
    });
    expect(await verdicts('--scope', 'elsewhere')).toEqual([['m-1', 'already-done', 'complete']]);
  });

  it('finds the locks of an app that names messages by idOf with its module, and puts nothing back without', async () => {
    const { send, wearOut, host, isb, verdicts } = await startIncident();
    const folder = await mkdtemp(join(tmpdir(), 'isb-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const guards = join(folder, 'guards.mjs');
    await writeFile(guards, 'export const idOf = ({ properties }) => properties.order;');
    const { idOf } = await import(guards);
    const running = await host(async () => 'done', idOf);
    const order = { body: { order: 7 }, applicationProperties: { order: 'order-7' } };
    await send({ messageId: 'm-1', ...order });
    await expect.poll(async () => (await isb('locks', 'list', '--json')).rows).toMatchObject([{ state: 'completed' }]);
    await running.stop();
    await send({ messageId: 'm-2', ...order });
    await wearOut();
    expect(await verdicts('--guards', guards)).toEqual([['order-7', 'already-done', 'complete']]);
    expect(await verdicts('--guards', 'unknown')).toEqual([['m-2', 'unknown', 'decide']]);
    // The app has left word of it. Where it names messages by their own IDs by now, a person has to say so.
    expect(await verdicts()).toEqual([['m-2', 'unknown', 'decide']]);
    expect(await isb('dead', 'redrive', '1', '--found-out', '--yes', '--reason', 'a test')).toMatchObject({
      code: 1,
      err: expect.stringContaining('its lock is named by idOf, which is not at hand: see --guards'),
    });
    expect(await verdicts('--guards', 'none')).toEqual([['m-2', 'never-started', 'redrive']]);
    const redrive = await isb('dead', 'redrive', '1', '--guards', 'unknown', '--yes', '--reason', 'a test');
    expect(redrive).toMatchObject({ code: 1, err: expect.stringContaining('its verdict is unknown') });
    expect(await isb('orphans', '--guards', 'unknown')).toMatchObject({ code: 2 });
    expect(await isb('status', '--guards', join(folder, 'none.mjs'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('none.mjs cannot be loaded'),
    });
  });
});
