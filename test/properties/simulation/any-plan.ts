import fc from 'fast-check';
import { seconds } from '../../../src/domain/time.ts';
import type { InstancePlan, MessagePlan, Plan, StepPlan, SweepPlan, Trouble } from './plan.ts';

/** Most of the time little; sometimes longer than a ttl, or about as long as a lock is valid. */
const anyDelay = fc.oneof(
  { weight: 6, arbitrary: fc.nat(50) },
  { weight: 3, arbitrary: fc.nat(2500) },
  { weight: 1, arbitrary: fc.nat(60_000) },
  { weight: 1, arbitrary: fc.integer({ min: 18_000, max: 28_000 }) },
);

const anyTrouble: fc.Arbitrary<Trouble> = fc.record({
  nth: fc.nat(24),
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constant<Trouble['kind']>('slow') },
    {
      weight: 12,
      arbitrary: fc.constantFrom<Trouble['kind'][]>(
        'request lost',
        'answer lost',
        'answer lost',
        'request late',
        'request late and twice',
        'transient error',
        'final error',
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Trouble['kind'][]>('crash before the request', 'crash after the request'),
    },
  ),
  beforeMs: anyDelay,
  afterMs: anyDelay,
});

const moments = fc.nat(90_000);
const anHour = 3_600_000;

const wallClocks: fc.Arbitrary<InstancePlan['wallClock']> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('jumps' as const),
      at: moments,
      by: fc.oneof(fc.integer({ min: -anHour, max: anHour }), fc.constantFrom(-30_000, -10_000, 10_000, 30_000)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stops' as const), at: moments }) },
);

const pauses: fc.Arbitrary<InstancePlan['pause']> = fc.option(
  fc.record({
    at: moments,
    ms: fc.oneof(fc.nat(90_000), fc.integer({ min: 4000, max: 40_000 })),
    isAsleep: fc.boolean(),
  }),
);

/** Of the two clocks of an instance, one can be relied on: which one, it does not know. */
const oneClockIsRight = ({ wallClock, pause, ...rest }: InstancePlan): InstancePlan => ({
  ...rest,
  wallClock,
  pause: pause === null || wallClock === null ? pause : { ...pause, isAsleep: false },
});

const anyInstance: fc.Arbitrary<InstancePlan> = fc
  .record({
    wallOffset: fc.constantFrom(0, 0, -anHour, anHour),
    driftPpm: fc.constantFrom(0, 0, -200, 200),
    wallClock: wallClocks,
    latency: fc.array(fc.nat(300), { minLength: 1, maxLength: 4 }),
    troubles: fc.array(anyTrouble, { maxLength: 10 }),
    pause: pauses,
    end: fc.option(fc.record({ kind: fc.constantFrom('crash' as const, 'shutdown' as const), at: moments }), {
      freq: 2,
    }),
  })
  .map(oneClockIsRight);

const anyStep: fc.Arbitrary<StepPlan> = fc.record({
  ms: fc.oneof({ weight: 5, arbitrary: fc.nat(8000) }, { weight: 1, arbitrary: fc.nat(50_000) }),
  failTimes: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) },
  ),
  isPermanent: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  atMostOnce: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  knowsNotDone: fc.boolean(),
  ignoresSignal: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

const anyMessage: fc.Arbitrary<MessagePlan> = fc.record({
  sentAt: fc.oneof(fc.nat(2000), moments),
  hasOtherContent: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  receivers: fc.array(fc.nat(8), { minLength: 1, maxLength: 6 }),
  lostAfter: fc.array(fc.option(fc.integer({ min: 100, max: 60_000 }), { freq: 2 }), { maxLength: 3 }),
  settlementsLost: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(1, 2) }),
});

export const anySweep: fc.Arbitrary<SweepPlan> = fc.record({
  at: fc.array(fc.nat(300_000), { minLength: 1, maxLength: 8 }),
  completedRetentionMs: fc.integer({ min: 20, max: 120 }).map(seconds),
  abandonedRetentionMs: fc.integer({ min: 60, max: 180 }).map(seconds),
  latency: fc.array(anyDelay, { minLength: 1, maxLength: 4 }),
});

/** What a test says of its plans, in the place of anything. */
export type Shape = { readonly [Part in keyof Plan]?: fc.Arbitrary<Plan[Part]> };

/** Plans with anything in them, but for what `shape` says. */
export const plans = (shape: Shape = {}): fc.Arbitrary<Plan> =>
  fc.record<Plan>({
    seed: fc.nat(),
    ttlMs: fc.constantFrom(seconds(5), seconds(12), seconds(30), seconds(30)),
    functionTimeoutMs: fc.constantFrom(seconds(300), seconds(300), seconds(120)),
    peekLockMs: fc.constantFrom(seconds(60), seconds(60), seconds(10)),
    maxDeliveryCount: fc.constant(null),
    keepsCompleted: fc.constant(true),
    work: fc.array(anyStep, { minLength: 1, maxLength: 4 }),
    instances: fc.array(anyInstance, { minLength: 1, maxLength: 7, size: 'max' }),
    messages: fc.array(anyMessage, { minLength: 1, maxLength: 4 }),
    clients: fc.constant([]),
    sweep: fc.constant(null),
    looks: fc.constant([]),
    ...shape,
  });

export { anyInstance, anyMessage, anyStep, moments };
