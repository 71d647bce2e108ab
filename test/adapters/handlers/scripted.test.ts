import { describe, expect, it } from 'vitest';
import { scripted } from '../../../src/adapters/handlers/scripted.ts';
import { InMemoryEffectsLog } from '../../../src/adapters/in-memory/in-memory-effects-log.ts';
import { ManualClock } from '../../../src/adapters/in-memory/manual-clock.ts';
import { SystemClock } from '../../../src/adapters/system/system-clock.ts';
import type { Clock } from '../../../src/application/ports/clock.ts';
import type { HandlerContext, RunStep } from '../../../src/application/ports/message-handler.ts';
import { PermanentFailure } from '../../../src/domain/step-errors.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';
import { messageId } from '../../support/lock-records.ts';
import { contextOf } from './handler-context.ts';

/** The scripted handler, what it leaves behind, and its clock. */
function newScripted<AnyClock extends Clock>(clock: AnyClock) {
  const effects = new InMemoryEffectsLog();
  const handler = scripted({ effects, clock, effectsNameOf: ({ id }) => `effects of ${id}` });
  return {
    clock,
    run: (steps: readonly object[], context: Partial<HandlerContext> = {}) =>
      handler(
        {
          id: messageId('m-1'),
          source: '/test',
          type: 'test',
          content: { kind: 'json', value: { steps } },
          properties: {},
        },
        contextOf(context),
      ),
    evidence: () => effects.lines('effects of m-1').map((line) => JSON.parse(line)),
  };
}

describe('Scripted work', () => {
  it('leaves a line of evidence for each step that runs', async () => {
    const { run, evidence } = newScripted(new ManualClock());
    expect(await run([{ name: 'reserve' }, { name: 'charge' }], { attempt: 3 })).toEqual({ steps: 2 });
    const line = {
      messageId: 'm-1',
      attempt: 3,
      fencingToken: 1_708_302_251_000,
      owner: 'owner-1',
      at: '2024-01-01T00:00:00.000Z',
    };
    expect(evidence()).toEqual([
      { ...line, step: 'reserve' },
      { ...line, step: 'charge' },
    ]);
  });

  it('leaves none for a step whose result is stored already', async () => {
    const { run, evidence } = newScripted(new ManualClock());
    const step: RunStep = (name, work, options) =>
      name === 'reserve' ? Promise.resolve(undefined as never) : contextOf().step(name, work, options);
    await run([{ name: 'reserve' }, { name: 'charge' }], { step });
    expect(evidence()).toMatchObject([{ step: 'charge' }]);
  });

  it('takes the time of its steps, one after another', async () => {
    const { run, evidence, clock } = newScripted(new ManualClock());
    const work = run([
      { name: 'reserve', ms: 200 },
      { name: 'charge', ms: 300 },
    ]);
    await clock.advance(durationMs(199));
    expect(evidence()).toHaveLength(1);
    await clock.advance(durationMs(1));
    expect(evidence()).toHaveLength(2);
    await clock.advance(durationMs(300));
    expect(await work).toEqual({ steps: 2 });
  });

  it('does not let go of the processor while it blocks', async () => {
    const { run } = newScripted(new SystemClock());
    const order: string[] = [];
    setTimeout(() => order.push('a timer'), 0);
    await run([{ name: 'charge', ms: 20, block: true }]);
    order.push('the end of the work');
    await expect.poll(() => order).toEqual(['the end of the work', 'a timer']);
  });

  it('fails in as many attempts as it says, after the evidence and before the next step', async () => {
    const { run, evidence } = newScripted(new ManualClock());
    const steps = [{ name: 'charge', failTimes: 2 }, { name: 'ship' }];
    for (const attempt of [1, 2]) {
      await expect(run(steps, { attempt })).rejects.toThrow(`Step charge fails in attempt ${attempt}, as scripted.`);
    }
    await run(steps, { attempt: 3 });
    expect(evidence().map(({ step, attempt }) => `${step} ${attempt}`)).toEqual([
      'charge 1',
      'charge 2',
      'charge 3',
      'ship 3',
    ]);
  });

  it('fails for good if it says so', async () => {
    const { run } = newScripted(new ManualClock());
    await expect(run([{ name: 'charge', permanent: true }])).rejects.toThrow(PermanentFailure);
  });

  it('ends with the reason of its signal while it waits', async () => {
    const { run, clock } = newScripted(new ManualClock());
    const abort = new AbortController();
    const work = run([{ name: 'charge', ms: 60_000 }], { signal: abort.signal });
    await clock.untilAsleep();
    abort.abort(new Error('The host stops.'));
    await expect(work).rejects.toThrow('The host stops.');
  });

  it('hangs if it says so, whatever its signal says', async () => {
    const { run, evidence, clock } = newScripted(new ManualClock());
    const abort = new AbortController();
    let isOver = false;
    void run([{ name: 'charge', hang: true }], { signal: abort.signal }).finally(() => {
      isOver = true;
    });
    await clock.advance(seconds(1));
    abort.abort();
    await clock.advance(seconds(3600));
    expect(evidence()).toHaveLength(1);
    expect(isOver).toBe(false);
  });

  it('asks for a step that runs at most once where it says so', async () => {
    const { run } = newScripted(new ManualClock());
    const asked: unknown[] = [];
    const step: RunStep = (name, work, options) => {
      asked.push([name, options?.atMostOnce]);
      return contextOf().step(name, work, options);
    };
    await run([{ name: 'reserve' }, { name: 'charge', atMostOnce: true }], { step });
    expect(asked).toEqual([
      ['reserve', false],
      ['charge', true],
    ]);
  });
});
