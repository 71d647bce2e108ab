import { describe, expect, it } from 'vitest';
import { PermanentFailure } from '../../src/domain/step-errors.ts';
import type { GuardedContext } from '../../src/entrypoints/functions/index.ts';
import { functionHandler, ManualClock, type MessageHandler, runHandler, seconds } from '../../src/testing/index.ts';

/** An order is paid, and then shipped. */
const order: MessageHandler = async ({ content }, { step }) => {
  const { item } = content.kind === 'json' ? (content.value as { item: string }) : { item: 'bytes' };
  const payment = await step('pay', ({ idempotencyKey }) => ({ for: item, idempotencyKey }));
  await step('ship', () => `${item} is on its way`);
  return { payment };
};

describe('runHandler', () => {
  it('runs a handler as a host would, and tells what came of it', async () => {
    const run = await runHandler(order, { item: 'book' });
    const payment = { for: 'book', idempotencyKey: expect.any(String) };
    expect(run).toMatchObject({
      outcome: 'completed',
      result: { payment },
      error: undefined,
      attempts: 1,
      steps: [
        { name: 'pay', result: payment, runs: 1 },
        { name: 'ship', result: 'book is on its way', runs: 1 },
      ],
      deliveries: [{ settledAs: 'complete' }],
      requests: 4,
      lock: { state: 'completed', attempt: 1 },
    });
  });

  it('lets the process die after a finished step, and another one resume the work', async () => {
    const run = await runHandler(order, { item: 'book' }, { crashAfter: 1 });
    expect(run).toMatchObject({
      outcome: 'completed',
      attempts: 2,
      steps: [
        { name: 'pay', runs: 1 },
        { name: 'ship', runs: 1 },
      ],
      deliveries: [{ settledAs: 'crash' }, { settledAs: 'complete' }],
    });
  });

  it('lets it die before the first step, and again later', async () => {
    const run = await runHandler(order, { item: 'book' }, { crashAfter: [0, undefined, 1] });
    expect(run).toMatchObject({
      outcome: 'completed',
      attempts: 1,
      deliveries: [{ settledAs: 'crash' }, { settledAs: 'complete' }],
    });
    const twice = await runHandler(order, { item: 'book' }, { crashAfter: [1, 2] });
    expect(twice).toMatchObject({ outcome: 'completed', attempts: 3, steps: [{ runs: 1 }, { runs: 1 }] });
  });

  it('runs a step again that had its effect but was not stored when the process died', async () => {
    let isFirst = true;
    const handler: MessageHandler = async (_message, { step, signal }) => {
      await step('effect', async () => {
        if (!isFirst) return;
        isFirst = false;
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      });
    };
    const clock = new ManualClock();
    const running = runHandler(handler, 1, { clock });
    await expect.poll(() => isFirst).toBe(false);
    await clock.advance(seconds(300)); // the time of the execution runs out
    expect(await running).toMatchObject({ outcome: 'completed', attempts: 2, steps: [{ name: 'effect', runs: 2 }] });
  });

  it('does the work of several copies that come at once, once', async () => {
    const run = await runHandler(order, { item: 'book' }, { deliveries: 3 });
    expect(run).toMatchObject({ outcome: 'completed', attempts: 1, steps: [{ runs: 1 }, { runs: 1 }] });
    expect(run.deliveries.map(({ settledAs }) => settledAs)).toEqual(['complete', 'complete', 'complete']);
  });

  it.each(['request-lost', 'answer-lost', 'transient-error'] as const)(
    'goes on after each request of a %s',
    async (fault) => {
      for (let failing = 1; failing <= 4; failing += 1) {
        const run = await runHandler(
          order,
          { item: 'book' },
          { failStore: ({ nth }) => (nth === failing ? fault : undefined) },
        );
        expect(run, `request ${failing}`).toMatchObject({ outcome: 'completed', steps: [{ runs: 1 }, { runs: 1 }] });
      }
    },
  );

  it('keeps an error of the handler, and tries again later', async () => {
    const handler: MessageHandler = async (_message, { attempt }) => {
      if (attempt < 3) throw new Error(`attempt ${attempt} fails`);
    };
    const run = await runHandler(handler, 1);
    expect(run).toMatchObject({ outcome: 'completed', error: undefined, attempts: 3 });
    expect(run.deliveries.map(({ error }) => error?.message)).toEqual([
      'attempt 1 fails',
      'attempt 2 fails',
      undefined,
    ]);
  });

  it('ends with a failure for good, and with one attempt too many', async () => {
    const refused = await runHandler(async () => Promise.reject(new PermanentFailure('no such order')), 1);
    expect(refused).toMatchObject({
      outcome: 'failed',
      error: 'PermanentFailure: no such order',
      attempts: 1,
      deliveries: [{ settledAs: 'dead-letter' }],
    });
    const broken = await runHandler(async () => Promise.reject(new Error('broken')), 1, {
      settings: { maxAttempts: 2 },
    });
    expect(broken).toMatchObject({ outcome: 'failed', error: 'Error: broken (attempt 2, the last)', attempts: 2 });
  });

  it('runs the handler of a guarded function, with the context of a host', async () => {
    const lines: string[] = [];
    const handler = functionHandler(
      async (body: { item: string }, context: GuardedContext) => {
        context.info('got', body, context.message.subject);
        return context.functionName;
      },
      { functionName: 'orders', log: (line) => lines.push(line) },
    );
    const run = await runHandler(handler, { item: 'book' }, { message: { subject: 'placed' } });
    expect(run).toMatchObject({ outcome: 'completed', result: 'orders' });
    expect(lines).toEqual(["got { item: 'book' } placed"]);
  });
});
