import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultSchedule } from './fault-schedule.ts';
import { plannedMessage } from './message-plan.ts';

const seeds = fc.nat(2 ** 32 - 1);
const short = { durationMs: 12_000, processes: 3, leastFreezeMs: 7000 };

describe('From its seed alone', () => {
  it('a run has its faults: in time, at a process that there is, and each kind even in a short run', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const faults = faultSchedule({ seed, ...short });
        expect(faultSchedule({ seed, ...short })).toEqual(faults);
        for (const fault of faults) {
          expect(fault.at).toBeGreaterThan(0);
          expect(fault.at).toBeLessThan(short.durationMs);
          if ('process' in fault) expect(fault.process).toBeLessThan(short.processes);
          if (fault.kind === 'freeze') expect(fault.lasting).toBeGreaterThanOrEqual(short.leastFreezeMs);
        }
        expect(new Set(faults.map(({ kind }) => kind)).size).toBe(7);
      }),
    );
  });

  it('a run has its messages, whichever came before', () => {
    fc.assert(
      fc.property(seeds, fc.nat(10_000), (seed, index) => {
        const message = plannedMessage(seed, index);
        expect(plannedMessage(seed, index)).toEqual(message);
        expect(message.script.steps.length).toBeGreaterThan(0);
        // Under the ID of another producer's message, a POST would be another message.
        const isForeign = message.channel === 'foreign';
        for (const { channel } of message.again) expect(channel === 'foreign').toBe(isForeign);
      }),
    );
  });

  it('two runs with different seeds have different faults and messages', () => {
    expect(faultSchedule({ seed: 1, ...short })).not.toEqual(faultSchedule({ seed: 2, ...short }));
    expect(plannedMessage(1, 0)).not.toEqual(plannedMessage(2, 0));
  });
});
