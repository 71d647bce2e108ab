import { describe, expect, it } from 'vitest';
import type { DeadLetterMessage, DeadLetterPass } from '../../../../src/application/operate/dead-letters.ts';
import { JudgeLetters, type JudgingPorts } from '../../../../src/application/operate/judge-letters.ts';
import { Redrive } from '../../../../src/application/operate/redrive/redrive.ts';
import type { RedriveOptions } from '../../../../src/application/operate/redrive/redrive-options.ts';
import { fingerprint } from '../../../../src/domain/fingerprint.ts';
import { seconds, storeTime } from '../../../../src/domain/time.ts';
import { messageId } from '../../../support/lock-records.ts';
import { World } from '../../../support/message-run.ts';
import { operatorIn } from '../operator-fixture.ts';

const enqueuedTime = '2024-02-19T00:24:11.314Z';

const letter = (place: number): DeadLetterMessage => ({
  received: {
    body: Buffer.from('{}'),
    messageId: `m-${place}`,
    contentType: undefined,
    applicationProperties: {},
    deliveryCount: 1,
    sequenceNumber: String(place),
    enqueuedTime,
    expiresAt: undefined,
  },
  reason: 'MaxDeliveryCountExceeded',
  description: undefined,
  sessionId: undefined,
  notRepeatable: undefined,
});

/** Dead letters of which nothing was worked on, in the hands of a broker that notes what it is asked. */
function deadLetters(count: number, onResend = async (): Promise<void> => undefined, onRemove = onResend) {
  const { ports } = operatorIn(new World());
  const left = Array.from({ length: count }, (_, place) => letter(place + 1));
  const said: string[] = [];
  const pass: DeadLetterPass = {
    receive: async (most) => {
      const letters = left.splice(0, most);
      said.push(`received ${letters.length}`);
      return letters;
    },
    isOwnCopy: () => false,
    resend: async (letters) => {
      said.push(`sent ${letters.length}`);
      await onResend();
    },
    seen: async (letters) => new Set(letters),
    remove: async (letters) => {
      said.push(`removed ${letters.length}`);
      await onRemove();
      return [];
    },
    end: async () => void said.push('ended'),
  };
  const judging: JudgingPorts = {
    ...ports,
    read: ({ messageId: id }) => ({
      identity: { id: messageId(String(id)), source: undefined },
      fingerprint: fingerprint('jcs1:0'),
    }),
    storeNow: async () => storeTime(Date.parse(enqueuedTime)),
    retention: { completedRetentionMs: seconds(86_400), abandonedRetentionMs: seconds(86_400) },
  };
  const judge = new JudgeLetters(judging, { catalog: new World().locks, scope: 'queue' });
  const letters = { pages: () => Promise.reject(new Error('Nobody lists them.')) as never, take: async () => pass };
  const redrive = new Redrive({ ...ports, letters, judge });
  const run = (options: Partial<RedriveOptions>) =>
    redrive.run({ act: 'redrive', reason: 'a test', batches: [10], mayDropCopies: false, ...options });
  return { run, said };
}

describe('A re-drive', () => {
  it('receives and judges the next batches while one is sent, and no more than it has room for', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { run, said } = deadLetters(95, () => promise);
    const running = run({});
    await expect.poll(() => said.includes('sent 10') && said.length).toBe(5);
    expect(said.filter((each) => each === 'received 10')).toHaveLength(4);
    resolve();
    expect(await running).toMatchObject({ examined: 95, done: 95, left: 0, ended: 'at-the-end' });
    const removed = said.filter((each) => each.startsWith('removed'));
    expect(removed).toEqual([...Array.from({ length: 9 }, () => 'removed 10'), 'removed 5']);
    expect(said.filter((each) => each === 'received 0')).toHaveLength(1);
  });

  it('sends the next batch while one is removed, in their order', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { run, said } = deadLetters(
      30,
      async () => undefined,
      () => promise,
    );
    const running = run({});
    await expect.poll(() => said.filter((each) => each.startsWith('sent'))).toHaveLength(3);
    resolve();
    expect(await running).toMatchObject({ done: 30 });
  });

  it('receives nothing ahead of a first, small batch', async () => {
    const { run, said } = deadLetters(4);
    expect(await run({ batches: [1, 2] })).toMatchObject({ done: 4 });
    expect(said.slice(0, 4)).toEqual(['received 1', 'sent 1', 'removed 1', 'received 2']);
  });

  it('gives back untouched what it has received ahead when it is stopped', async () => {
    const stopping = new AbortController();
    const { run, said } = deadLetters(15, async () => stopping.abort());
    expect(await run({ signal: stopping.signal })).toMatchObject({ examined: 10, done: 10, ended: 'stopped' });
    const others = said.filter((each) => each !== 'received 5' && each !== 'received 0');
    expect(others).toEqual(['received 10', 'sent 10', 'removed 10', 'ended']);
  });

  it('removes nothing of a batch that could not be sent, and ends the pass', async () => {
    const { run, said } = deadLetters(15, () => Promise.reject(new Error('The queue is full.')));
    await expect(run({})).rejects.toThrow('The queue is full.');
    expect(said.filter((each) => /sent|removed/.test(each))).toEqual(['sent 10']);
    expect(said.at(-1)).toBe('ended');
  });
});
