import fc from 'fast-check';
import { it } from 'vitest';
import { proveSettings } from '../../src/application/start-up-proof.ts';
import { seconds } from '../../src/domain/time.ts';
import { anyMessage, anyStep, plans } from './simulation/any-plan.ts';
import type { InstancePlan } from './simulation/plan.ts';
import { holds } from './simulation/promise.ts';

const maxDeliveryCount = 10;

/** Nothing goes wrong but that clocks are, and that answers take their time or get lost now and then. */
const healthy: fc.Arbitrary<InstancePlan> = fc.record({
  wallOffset: fc.constantFrom(0, -3_600_000, 3_600_000),
  driftPpm: fc.constantFrom(-200, 0, 200),
  wallClock: fc.constant(null),
  latency: fc.array(fc.nat(300), { minLength: 1, maxLength: 4 }),
  troubles: fc.array(
    fc.record({
      nth: fc.nat(40),
      kind: fc.constantFrom('request lost' as const, 'answer lost' as const, 'transient error' as const),
      beforeMs: fc.nat(500),
      afterMs: fc.nat(500),
    }),
    { maxLength: 4 },
  ),
  pause: fc.constant(null),
  end: fc.constant(null),
});

it('healthy work is not dead-lettered by its duplicates, however long it may take', () => {
  const ms = fc.oneof(fc.nat(60_000), fc.constant(55_000));
  const work = fc.array(
    fc.tuple(anyStep, ms).map(([step, took]) => ({ ...step, ms: took, failTimes: 0 })),
    { minLength: 1, maxLength: 4 },
  );
  const message = anyMessage.map((any) => ({ ...any, lostAfter: [], hasOtherContent: false, settlementsLost: 0 }));
  const shape = {
    work,
    instances: fc.array(healthy, { minLength: 1, maxLength: 7, size: 'max' }),
    messages: fc.array(message, { minLength: 1, maxLength: 6 }),
    ttlMs: fc.constant(seconds(30)),
    functionTimeoutMs: fc.constant(seconds(300)),
    maxDeliveryCount: fc.constant(maxDeliveryCount),
  };
  return holds(plans(shape), 'deliveries that are counted', function* ({ queue, settings, locks }) {
    const { violations } = proveSettings({ ...settings, ...forever, maxDeliveryCount });
    yield* violations;
    for (const settled of queue.settled) if (settled !== 'completed') yield `a message is ${settled}`;
    if (locks.owners.length > 1) yield `it took ${locks.owners.length} owners`;
  });
});

const forever = { completedRetentionMs: seconds(10 ** 7), messageTtlMs: seconds(10 ** 6) };
