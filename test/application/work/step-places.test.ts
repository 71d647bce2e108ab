import { describe, expect, it } from 'vitest';
import type { MessageHandler } from '../../../src/application/ports/message-handler.ts';
import { PermanentFailure } from '../../../src/domain/step-errors.ts';
import { attempts } from '../../support/attempts.ts';
import { World } from '../../support/message-run.ts';

const large = 'x'.repeat(60_000);

describe('the place of a step', () => {
  it('stays its own when its result cannot be kept and the handler goes on', async () => {
    const world = new World();
    const executed: string[] = [];
    const handler: MessageHandler = async (_, { step, attempt }) => {
      await step('fetch', () => 1n).catch(() => undefined); // a bigint is no JSON
      await step('ship', () => executed.push('ship'));
      if (attempt === 1) throw new Error('no connection');
    };
    const runs = await attempts(world, handler, handler);
    expect(runs.map(({ outcome }) => outcome)).toEqual([undefined, 'completed']);
    expect(executed).toEqual(['ship']);
  });

  it('stays its own when there is no room for its result and the handler goes on', async () => {
    const world = new World();
    const executed: string[] = [];
    const handler: MessageHandler = async (_, { step, attempt }) => {
      for (const page of [1, 2, 3, 4]) {
        await step(`page ${page}`, () => large).catch((error) => expect(error).toBeInstanceOf(PermanentFailure));
      }
      await step('ship', () => executed.push('ship'));
      if (attempt === 1) throw new Error('no connection');
    };
    const runs = await attempts(world, handler, handler);
    expect(runs.map(({ outcome }) => outcome)).toEqual([undefined, 'completed']);
    expect(executed).toEqual(['ship']);
  });

  it('takes room too when the step fails, so that steps that fail and fail fill the lock and never burst it', async () => {
    const world = new World();
    const [run] = await attempts(world, async (_, { step }) => {
      for (;;) {
        await step('poll', () => Promise.reject(new Error('not yet'))).catch((error) => {
          if (error instanceof PermanentFailure) throw error;
        });
      }
    });
    expect(run?.error).toMatchObject({ name: 'MessageFailedError' });
    const stored = await world.stored();
    expect(stored?.record.state).toBe('failed');
    expect(stored?.record.lastError).toContain('a lock keeps at most');
  });
});
