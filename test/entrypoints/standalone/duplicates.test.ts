import { describe, expect, it } from 'vitest';
import { seconds, storeTime } from '../../../src/domain/time.ts';
import { utcText } from '../../../src/domain/utc-text.ts';
import { emptyQueue, startHost } from './standalone-fixture.ts';

const scripted = { MESSAGE_HANDLER: 'scripted' };

describe('Two deliveries of one message at once', () => {
  it('run its work once, and both are settled', async () => {
    const { postScript, untilStatus, untilQueue, evidence, lines } = await startHost(scripted);
    const step = { name: 'charge', ms: 300 };
    const answers = await Promise.all([postScript('order-1', step), postScript('order-1', step)]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    await untilQueue(emptyQueue);
    await untilStatus('order-1', 'completed');
    expect(await evidence('order-1')).toMatchObject([{ messageId: 'order-1', step: 'charge', attempt: 1 }]);
    const events = lines.map(({ event }) => event);
    expect(events.filter((event) => event === 'created' || event === 'skipped')).toEqual(['created', 'skipped']);
    expect(lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it('fail the second at once without a wait, with the text that names lock and expiry', async () => {
    const { postScript, untilQueue, lockBlob, evidence, lines } = await startHost({
      ...scripted,
      ACTIVE_LOCK_WAIT: 'PT0S',
    });
    const step = { name: 'charge', ms: 60_000 };
    await postScript('order-1', step);
    await expect.poll(() => evidence('order-1')).toHaveLength(1);
    const writtenAt = (await lockBlob('order-1'))?.lastModified?.getTime() ?? Number.NaN;
    const expiry = utcText(storeTime(writtenAt + seconds(30)));

    await postScript('order-1', step);
    const text = `The message ID order-1 has an active lock lock-order-1.lock until ${expiry}`;
    await expect
      .poll(() => lines.filter(({ message }) => message === text).map(({ level }) => level))
      .toContain('warn');
    expect(text).toMatch(/^The message ID \S+ has an active lock \S+ until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);

    // The price: the second message uses up its deliveries.
    const locked = [{ messageId: 'order-1', deliveryCount: 0 }];
    await untilQueue({ active: [], locked, deadLettered: [{ deadLetterReason: 'MaxDeliveryCountExceeded' }] });
    expect(await evidence('order-1')).toHaveLength(1);
  });
});

describe('Work that fails', () => {
  it('is tried again, keeps the steps that are done, and completes with the number of its attempt', async () => {
    const { postScript, untilStatus, untilQueue, evidence, getStatus, lines } = await startHost(scripted);
    await postScript('order-1', { name: 'reserve' }, { name: 'charge', failTimes: 1 });
    await untilStatus('order-1', 'completed');
    await untilQueue(emptyQueue);
    expect(await getStatus('order-1')).toMatchObject({ attempt: 2, result: { steps: 2 } });
    const steps = (await evidence('order-1')).map(({ step, attempt }) => `${step} ${attempt}`);
    expect(steps).toEqual(['reserve 1', 'charge 1', 'charge 2']);
    const failures = lines.filter(({ event }) => event === 'delivery-failed' || event === 'released');
    expect(failures).toMatchObject([
      { event: 'released', attempt: 1, lastError: 'Error: Step charge fails in attempt 1, as scripted.' },
      { event: 'delivery-failed', level: 'warn', settledAs: 'abandon', deliveryCount: 1 },
    ]);
  });

  it.each([
    ['for good', '{"steps":[{"name":"charge","permanent":true}]}', 'Step charge fails for good, as scripted.'],
    ['since it is no script', '{"steps":[{"nam":"charge"}]}', 'step 1 has an unknown member "nam"'],
  ])('%s is dead-lettered at once with its reason, and so is the status', async (_how, script, words) => {
    const { post, untilStatus, untilQueue, getStatus } = await startHost(scripted);
    await post('order-1', script);
    await untilStatus('order-1', 'failed');
    const reason = expect.stringContaining(words);
    await untilQueue({
      active: [],
      locked: [],
      deadLettered: [{ deadLetterReason: 'MessageFailedError', deadLetterErrorDescription: reason, deliveryCount: 0 }],
    });
    expect(await getStatus('order-1')).toMatchObject({ lastError: reason });
  });
});

describe('A blob under the name of a lock that is no lock', () => {
  it.each([
    ['garbage', 'not a lock'],
    ['nothing', ''],
    ['a record without an owner', '{"schema":2,"state":"completed"}'],
  ])('with %s in it is never taken for free', async (_what, content) => {
    const { post, untilQueue, locks, queue, lockBlob, processedBlob, lines, host } = await startHost({
      ACTIVE_LOCK_WAIT: 'PT0S',
    });
    await locks.getBlockBlobClient(`${queue}/lock-order-1.lock`).upload(content, content.length);
    const before = await lockBlob('order-1');
    await post('order-1', '1');
    await untilQueue({ active: [], locked: [], deadLettered: [{ deadLetterReason: 'MaxDeliveryCountExceeded' }] });
    const failures = lines.filter(({ event }) => event === 'delivery-failed');
    expect(failures[0]).toMatchObject({ level: 'warn', message: expect.stringContaining('it is not a lock') });
    expect(failures).toHaveLength(10);
    expect((await fetch(`${host.address}/api/messages/order-1`)).status).toBe(500);
    expect(await processedBlob('order-1')).toBeUndefined();
    expect(await lockBlob('order-1')).toEqual(before);
  });
});
