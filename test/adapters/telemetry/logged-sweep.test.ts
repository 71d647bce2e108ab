import { describe, expect, it } from 'vitest';
import { logSweep } from '../../../src/adapters/telemetry/logged-sweep.ts';
import type { SweepOutcome } from '../../../src/application/sweep-locks.ts';
import { storeTime } from '../../../src/domain/time.ts';
import { lockOf } from '../../support/lock-records.ts';

const pass = { startedAt: storeTime(0), isOver: true, listed: 3, deleted: 1 };
const swept = { kind: 'swept', listed: 3, deleted: 1, left: 0 } as const;

describe('The line of a sweep', () => {
  it.each<[SweepOutcome, string]>([
    [{ ...swept, pass }, 'Swept 1 of 3 locks of queue, up to the last one.'],
    [
      { ...swept, pass: { ...pass, listed: 9, deleted: 4 } },
      'Swept 1 of 3 locks of queue, up to the last one (4 of 9 with the runs before).',
    ],
    [
      { ...swept, pass: { ...pass, isOver: false, upTo: lockOf('m-3') } },
      'Swept 1 of 3 locks of queue, and not all: the next sweep goes on behind "queue/lock-m-3.lock".',
    ],
    [
      { ...swept, listed: 0, deleted: 0, pass: { ...pass, isOver: false, listed: 0, deleted: 0 } },
      'Swept 0 of 0 locks of queue, and not all: the next sweep goes on at the first one.',
    ],
    [{ kind: 'under-way' }, 'Another process sweeps queue.'],
  ])('says what was done and how far it is: %o', (outcome, sentence) => {
    const lines: unknown[][] = [];
    logSweep((...line) => void lines.push(line), 'queue', outcome);
    expect(lines).toEqual([['info', sentence, { event: 'sweep', scope: 'queue', ...outcome }]]);
  });
});
