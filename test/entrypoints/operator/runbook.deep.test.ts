import { randomUUID } from 'node:crypto';
import type { Clock } from 'service-bus-emulator';
import { describe, expect, it } from 'vitest';
import { PermanentFailure, StepInterrupted } from '../../../src/domain/step-errors.ts';
import { seconds } from '../../../src/domain/time.ts';
import { startIncident } from './isb-fixture.ts';

const body = { order: 1 };
const because = ['--reason', 'a test'];
const done = async () => 'done';

/** A step of the handler that never ends, until it is let go. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

describe('The runbook: a dead letter', () => {
  it('whose work is done is removed', async () => {
    const { send, host, untilState, wearOut, verdicts, isb, snapshot } = await startIncident();
    await send({ messageId: 'm-1', body });
    const running = await host(done);
    await untilState('m-1', 'completed');
    await running.stop();
    // The settlement of its last delivery was lost, as far as the broker knows.
    await send({ messageId: 'm-1', body });
    await wearOut();
    expect(await verdicts()).toEqual([['m-1', 'already-done', 'complete']]);
    expect(await isb('dead', 'redrive', '1', '--yes', ...because)).toMatchObject({ code: 1 });
    const removed = await isb('dead', 'complete', '--yes', ...because);
    expect(removed.err).toContain('1 dead letter removed.');
    expect(snapshot()).toMatchObject({ active: [], deadLettered: [] });
  });

  it('of other content is never put back', async () => {
    const { send, host, untilState, untilDead, verdicts, isb } = await startIncident();
    await send({ messageId: 'm-1', body });
    await host(done);
    await untilState('m-1', 'completed');
    await send({ messageId: 'm-1', body: { order: 2 } });
    await untilDead(1);
    expect(await verdicts()).toEqual([['m-1', 'conflict', 'decide']]);
    const refused = await isb('dead', 'redrive', '1', '--yes', ...because);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.err).toContain('1 is left: its verdict is conflict');
  });

  it('at work now is waited for', async () => {
    const { send, host, untilState, wearOut, verdicts, isb } = await startIncident();
    await send({ messageId: 'm-1', body });
    await wearOut();
    await send({ messageId: 'm-1', body });
    const { passed, open } = gate();
    await host(() => passed);
    await untilState('m-1', 'held');
    expect(await verdicts()).toEqual([['m-1', 'at-work', 'wait']]);
    const refused = await isb('dead', 'redrive', '--verdict', 'at-work', '--yes', ...because);
    expect(refused).toMatchObject({ code: 2 });
    open();
    await untilState('m-1', 'completed');
    expect(await verdicts()).toEqual([['m-1', 'already-done', 'complete']]);
  });

  it('whose attempts were interrupted goes on from its steps', async () => {
    // The app was told of more deliveries than the queue permits: it does not know which one is the last.
    const { send, host, untilState, untilDead, verdicts, isb } = await startIncident({}, { MAX_DELIVERY_COUNT: '20' });
    const charged: number[] = [];
    let isBroken = true;
    await host(async (_, { step, attempt }) => {
      await step('charge', () => void charged.push(attempt));
      if (isBroken) throw new Error('The carrier does not answer.');
    });
    await send({ messageId: 'm-1', body });
    await untilDead(1);
    expect(await verdicts()).toEqual([['m-1', 'interrupted', 'redrive']]);
    isBroken = false;
    const again = await isb('dead', 'redrive', '--verdict', 'interrupted', '--yes', ...because);
    expect(again).toMatchObject({ code: 0 });
    await untilState('m-1', 'completed');
    expect(charged).toEqual([1]);
    expect(await verdicts()).toEqual([]);
  });

  it('whose owner wrote no more is at work until its lock has expired, and interrupted then', async () => {
    const { send, host, untilState, wearOut, verdicts, isb, locks, queue } = await startIncident();
    await send({ messageId: 'm-1', body });
    const { passed, open } = gate();
    const running = await host(() => passed);
    await untilState('m-1', 'held');
    // What its owner has written, and will not write again: as if its host had died.
    const blob = locks.getBlockBlobClient(`${queue}/lock-m-1.lock`);
    const [content, { metadata = {} }] = await Promise.all([blob.downloadToBuffer(), blob.getProperties()]);
    open();
    await untilState('m-1', 'completed');
    await running.stop();
    await blob.upload(content, content.length, { metadata });
    await send({ messageId: 'm-1', body });
    await wearOut();
    expect(await verdicts()).toEqual([['m-1', 'at-work', 'wait']]);
    await expect.poll(() => verdicts()).toEqual([['m-1', 'interrupted', 'redrive']]);
    expect((await isb('locks', 'show', 'm-1')).out).toContain('held, expired');
    expect(await isb('dead', 'redrive', '1', '--yes', ...because)).toMatchObject({ code: 0 });
    await host(done);
    await untilState('m-1', 'completed');
  });

  it('whose work failed for good is put back when the cause is mended: one at first', async () => {
    const { send, host, untilState, untilDead, verdicts, isb } = await startIncident();
    let isBroken = true;
    await host(async () => {
      if (isBroken) throw new PermanentFailure('no such article');
    });
    await send({ messageId: 'm-1', body }, { messageId: 'm-2', body }, { messageId: 'm-3', body });
    await untilDead(3);
    expect((await verdicts()).map(([, verdict]) => verdict)).toEqual(['failed', 'failed', 'failed']);
    const redrive = ['dead', 'redrive', '--verdict', 'failed', '--batch', '1,10', '--yes', ...because];
    const tooEarly = await isb(...redrive);
    expect(tooEarly).toMatchObject({ code: 1 });
    expect(tooEarly.err).toContain('1 dead letter put back on the queue. Stopped, since');
    await untilDead(3);
    isBroken = false;
    expect(await isb(...redrive)).toMatchObject({ code: 0 });
    for (const id of ['m-1', 'm-2', 'm-3']) await untilState(id, 'completed');
    expect(await verdicts()).toEqual([]);
  });

  it('that was never worked on is put back', async () => {
    const { send, host, untilState, wearOut, verdicts, isb } = await startIncident();
    await send({ messageId: 'm-1', body });
    await wearOut();
    expect(await verdicts()).toEqual([['m-1', 'never-started', 'redrive']]);
    expect(await isb('dead', 'redrive', '1', '--yes', ...because)).toMatchObject({ code: 0 });
    await host(done);
    await untilState('m-1', 'completed');
  });

  it('that expired is put back with a whole life', async () => {
    const { send, host, untilDead, untilState, verdicts, isb } = await startIncident({ deadLetterOnExpiration: true });
    await send({ messageId: 'm-1', body, timeToLive: 100 });
    await untilDead(1);
    expect(await verdicts()).toEqual([['m-1', 'never-started', 'redrive']]);
    expect(await isb('dead', 'redrive', '--verdict', 'never-started', '--yes', ...because)).toMatchObject({ code: 0 });
    await host(done);
    await untilState('m-1', 'completed');
  });

  it('without a lock, that may have been done, is left to a person', async () => {
    const { send, deadLetter, verdicts, isb } = await startIncident();
    await send({ messageId: 'm-1', body });
    await deadLetter('ByHand');
    expect(await verdicts()).toEqual([['m-1', 'unknown', 'decide']]);
    expect(await isb('dead', 'redrive', '1', '--yes', ...because)).toMatchObject({ code: 1 });
  });

  it('that is older than locks are kept is left to a person, who finds out what became of it', async () => {
    // All that comes onto the queue came there nine days ago.
    const earlierMs = 9 * 86_400_000;
    const clock: Clock = {
      now: () => Date.now() - earlierMs,
      callAt: (time, callback) => {
        const timer = setTimeout(callback, Math.max(0, time + earlierMs - Date.now()));
        return () => clearTimeout(timer);
      },
    };
    const { send, host, untilState, wearOut, verdicts, isb, locks, queue, snapshot } = await startIncident(
      {},
      {},
      clock,
    );
    const worked: string[] = [];
    const work = async ({ id }: { readonly id: string }) => void worked.push(id);
    await send({ messageId: 'm-1', body });
    const running = await host(work);
    await untilState('m-1', 'completed');
    await running.stop();
    // As the sweep does when eight days have passed.
    await locks.deleteBlob(`${queue}/lock-m-1.lock`);
    await send({ messageId: 'm-1', body }, { messageId: 'm-2', body });
    await wearOut();
    await wearOut();
    expect(await verdicts()).toEqual([
      ['m-1', 'unknown', 'decide'],
      ['m-2', 'unknown', 'decide'],
    ]);
    const refused = await isb('dead', 'redrive', '1', '2', '--yes', ...because);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('2 is left: its verdict is unknown') });
    expect(await isb('dead', 'complete', '--found-out', '--yes', ...because)).toMatchObject({ code: 2 });
    // Its effect is there: the other one's is not.
    expect(worked).toEqual(['m-1']);
    expect(await isb('dead', 'complete', '1', '--found-out', '--yes', ...because)).toMatchObject({ code: 0 });
    expect(await isb('dead', 'redrive', '2', '--found-out', '--yes', ...because)).toMatchObject({ code: 0 });
    expect(snapshot()).toMatchObject({ active: [{ messageId: 'm-2' }], deadLettered: [] });
    await host(work);
    await untilState('m-2', 'completed');
    expect(worked).toEqual(['m-1', 'm-2']);
  });

  it('that is not a message for this app is exported, with the words that say what is wrong', async () => {
    const { send, host, untilDead, verdicts, isb } = await startIncident();
    await host(done);
    await send({ messageId: 'x'.repeat(128), body: '\u001b[2Jhello', contentType: 'application/cloudevents+json' });
    await untilDead(1);
    expect(await verdicts()).toEqual([['x'.repeat(128), 'malformed', 'export']]);
    const { rows, code } = await isb('dead', 'export', '--verdict', 'malformed', '--json');
    expect(code).toBe(0);
    expect(rows).toMatchObject([{ problem: expect.stringContaining('is not the CloudEvent') }]);
    expect(Buffer.from(String(rows[0]?.['body']), 'base64').toString()).toContain('hello');
  });

  it('that its broker refused for its sender is exported', async () => {
    const { send, deadLetter, verdicts } = await startIncident();
    await send({ messageId: 'm-1', body });
    await deadLetter('HeaderSizeExceeded');
    expect(await verdicts()).toEqual([['m-1', 'sender-fault', 'export']]);
  });

  it('of a session waits for a word about its order', async () => {
    const { send, client, queue, isb, snapshot } = await startIncident({ requiresSession: true });
    await send({ messageId: 'm-1', body, sessionId: 's-1' });
    for (let delivery = 0; delivery < 10; delivery += 1) {
      const receiver = await client.acceptSession(queue, 's-1');
      for (const message of await receiver.receiveMessages(1)) await receiver.abandonMessage(message);
      await receiver.close();
    }
    const refused = await isb('dead', 'redrive', '1', '--yes', ...because);
    expect(refused.err).toContain('it is of the session "s-1"');
    expect(await isb('dead', 'redrive', '1', '--yes', '--break-order', ...because)).toMatchObject({ code: 0 });
    expect(snapshot()).toMatchObject({ active: [{ messageId: 'm-1' }], deadLettered: [] });
  });

  it('stays where it is if the queue drops its copy as a duplicate', async () => {
    const { send, wearOut, isb, snapshot } = await startIncident({ duplicateDetectionWindowMs: seconds(600) });
    await send({ messageId: 'm-1', body });
    await wearOut();
    const dropped = await isb('dead', 'redrive', '1', '--yes', ...because);
    expect(dropped.err).toContain('its copy was not seen');
    expect(dropped).toMatchObject({ code: 1 });
    expect(snapshot()).toMatchObject({ active: [], deadLettered: [{}] });
  });
});

describe('The runbook: a lock', () => {
  it('whose host is gone is waited for, or released by force', async () => {
    const { send, host, untilState, isb } = await startIncident({ lockDurationMs: 1000 });
    await send({ messageId: 'm-1', body });
    const { passed, open } = gate();
    let attempts = 0;
    await host(async () => {
      attempts += 1;
      if (attempts === 1) await passed;
    });
    await untilState('m-1', 'held');
    const refused = await isb('locks', 'release', 'm-1', '--yes', ...because);
    expect(refused).toMatchObject({ code: 4 });
    expect(refused.err).toContain('may be at work on m-1');
    expect(await isb('locks', 'release', 'm-1', '--force', '--yes', ...because)).toMatchObject({ code: 0 });
    open();
    await untilState('m-1', 'completed');
    expect((await isb('locks', 'show', 'm-1')).out).toMatch(/by hand {3}release by .*: a test/);
  });

  it('whose step runs at most once, and was interrupted, is answered', async () => {
    const { send, host, untilState, untilDead, isb } = await startIncident();
    let charges = 0;
    await host(async (_, { step }) => {
      try {
        await step(
          'charge',
          () => {
            charges += 1;
            throw new Error('The answer of the bank was lost.');
          },
          { atMostOnce: true },
        );
      } catch (error) {
        throw error instanceof StepInterrupted ? new PermanentFailure(error.message) : error;
      }
    });
    await send({ messageId: 'm-1', body });
    await untilDead(1);
    expect((await isb('locks', 'show', 'm-1')).out).toContain('1  charge: begun, not finished');
    const answer = ['locks', 'answer', 'm-1', '--step', 'charge', '--yes', ...because];
    expect(await isb(...answer, '--done', '--result', '"receipt 7"')).toMatchObject({ code: 0 });
    expect(await isb(...answer, '--not-done')).toMatchObject({ code: 4 });
    expect(await isb('dead', 'redrive', '--verdict', 'failed', '--yes', ...because)).toMatchObject({ code: 0 });
    await untilState('m-1', 'completed');
    expect(charges).toBe(1);
  });

  it('whose message is gone is found, and the message sent again goes on from its steps', async () => {
    const { send, host, client, queue, untilState, untilDead, isb } = await startIncident();
    let isBroken = true;
    let charges = 0;
    await host(async (_, { step }) => {
      await step('charge', () => {
        charges += 1;
      });
      if (isBroken) throw new PermanentFailure('no such article');
    });
    await send({ messageId: 'm-1', body });
    await untilDead(1);
    expect(await isb('orphans')).toMatchObject({ code: 0 });
    // Somebody purges the dead letters.
    const receiver = client.createReceiver(queue, { subQueueType: 'deadLetter', receiveMode: 'receiveAndDelete' });
    await receiver.receiveMessages(1);
    const { code, rows } = await isb('orphans', '--json');
    expect({ code, rows }).toMatchObject({ code: 1, rows: [{ messageId: 'm-1', state: 'failed' }] });
    isBroken = false;
    await send({ messageId: 'm-1', body });
    await untilState('m-1', 'completed');
    expect(charges).toBe(1);
  });

  it('that is not there is not found', async () => {
    const { isb } = await startIncident();
    expect(await isb('locks', 'show', randomUUID())).toMatchObject({ code: 3, out: '' });
  });
});
