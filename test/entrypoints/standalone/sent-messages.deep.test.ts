import { describe, expect, it } from 'vitest';
import { emptyQueue, startHost } from './standalone-fixture.ts';

describe('Processing', () => {
  it.each([
    ['with duplicate detection, which would swallow a copy', { duplicateDetectionWindowMs: 60_000 }],
    ['without duplicate detection', {}],
  ])('sends no message of its own while it waits, fails and tries again, %s', async (_queue, queueOptions) => {
    const sent: string[] = [];
    const { faults, postScript, untilStatus, untilQueue, evidence } = await startHost(
      { MESSAGE_HANDLER: 'scripted' },
      queueOptions,
    );
    faults.onSend = ({ messageId }) => void sent.push(messageId);
    const step = { name: 'charge', ms: 300, failTimes: 1 };
    await Promise.all([postScript('order-1', step), postScript('order-1', step)]);
    await untilStatus('order-1', 'completed');
    await untilQueue(emptyQueue);
    expect(sent).toEqual(['order-1', 'order-1']);
    expect((await evidence('order-1')).map(({ attempt }) => attempt)).toEqual([1, 2]);
  });
});
