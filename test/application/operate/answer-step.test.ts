import { describe, expect, it } from 'vitest';
import { AnswerStep } from '../../../src/application/operate/answer-step.ts';
import type { LockRecord } from '../../../src/domain/lock-record.ts';
import type { Step } from '../../../src/domain/step.ts';
import { seconds } from '../../../src/domain/time.ts';
import { delivery, redelivery } from '../../support/deliveries.ts';
import { heldBy, lockOf, messageId } from '../../support/lock-records.ts';
import { World } from '../../support/message-run.ts';
import { written } from '../../support/written.ts';
import { operatorIn } from './operator-fixture.ts';

const message = { id: messageId('m-1') };
const reason = 'asked the bank';

/** A charge that runs at most once was begun, and its process crashed. */
async function interrupted(world: World) {
  const instance = world.instance({
    handler: async (_, { step }) => {
      await step(
        'charge',
        async () => {
          instance.crash();
          await new Promise(() => undefined);
        },
        { atMostOnce: true },
      );
    },
  });
  instance.start(delivery());
  await world.advance(seconds(40));
}

/** The next attempt: what its charge did, and what it was told. */
async function resumed(world: World) {
  const seen: unknown[] = [];
  const instance = world.instance({
    random: () => 0,
    handler: async (_, { step }) => {
      seen.push(await step('charge', () => 'charged now', { atMostOnce: true }));
    },
  });
  const run = await instance.run(redelivery());
  return { seen, run };
}

describe('An answer by hand', () => {
  it('that the step was done is replayed to whoever resumes the work', async () => {
    const world = new World();
    await interrupted(world);
    const { ports, events } = operatorIn(world);
    const outcome = { kind: 'done', result: '"receipt 7"' } as const;
    const answered = await new AnswerStep(ports).run({ message, reason, step: 'charge', outcome });
    expect(answered).toMatchObject({ kind: 'written', lock: { record: { state: 'released' } } });
    expect(events).toEqual([
      expect.objectContaining({
        kind: 'answered-by-operator',
        step: 'charge',
        position: 0,
        answer: 'done',
        who: 'ann',
        reason,
      }),
    ]);
    expect(await resumed(world)).toMatchObject({ seen: ['receipt 7'], run: { outcome: 'completed' } });
  });

  it('that it was not done lets it run', async () => {
    const world = new World();
    await interrupted(world);
    const { ports } = operatorIn(world);
    await new AnswerStep(ports).run({ message, reason, step: 0, outcome: { kind: 'not-done' } });
    expect(await resumed(world)).toMatchObject({ seen: ['charged now'], run: { outcome: 'completed' } });
  });

  it('is needed: without it the work is not resumed past the step', async () => {
    const world = new World();
    await interrupted(world);
    expect(await resumed(world)).toMatchObject({ seen: [], run: { error: { name: 'StepInterrupted' } } });
  });

  const open = (name: string): Step => ({ name, status: 'started', result: null });
  it.each<[string, string | number, Partial<LockRecord>, object]>([
    ['beside an owner at work', 'charge', { steps: [open('charge')] }, { kind: 'active' }],
    ['of completed work', 'charge', { state: 'completed', steps: [open('charge')] }, { kind: 'completed' }],
    [
      'to a step of no such name',
      'ship',
      { state: 'failed', steps: [open('charge')] },
      { kind: 'not-open', open: [0] },
    ],
    [
      'to one of two steps of the same name, by that name',
      'charge',
      { state: 'failed', steps: [open('charge'), open('charge')] },
      { kind: 'not-open', open: [0, 1] },
    ],
    ['to a step that is not there', 7, { state: 'failed', steps: [] }, { kind: 'not-open', open: [] }],
  ])('%s is refused', async (_, step, changes, refusal) => {
    const world = new World();
    written(await world.locks.put(lockOf('m-1'), heldBy('owner', { lastError: 'x', ...changes }), 'absent'));
    const { ports, events } = operatorIn(world);
    const outcome = await new AnswerStep(ports).run({ message, reason, step, outcome: { kind: 'not-done' } });
    expect(outcome).toMatchObject({ kind: 'refused', refusal });
    expect(events).toEqual([]);
  });
});
