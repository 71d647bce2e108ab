import fc from 'fast-check';
import { it } from 'vitest';
import { anyMessage, anyStep, anySweep, plans } from './simulation/any-plan.ts';
import { holds } from './simulation/promise.ts';

it('a sweep deletes no lock within its retention', () =>
  holds(
    plans({ messages: fc.array(anyMessage, { minLength: 1, maxLength: 6 }), sweep: anySweep }),
    'sweeps of locks that are due',
  ));

it('a sweep deletes no lock that is written between its listing and its deletion', () => {
  // Work that fails for good, and is sent anew just when the sweep has found that its lock is due.
  const work = fc.tuple(anyStep.map((step) => ({ ...step, ms: 0, failTimes: 1, isPermanent: true })));
  const at = 300_000;
  const sweep = anySweep.map((any) => ({ ...any, at: [at, at + 1000], latency: [2000, 3000] }));
  const again = fc.record({ message: anyMessage, later: fc.nat(3000) });
  const messages = fc
    .record({ first: anyMessage, more: fc.array(again, { minLength: 1, maxLength: 3 }) })
    .map(({ first, more }) => [first, ...more.map(({ message, later }) => ({ ...message, sentAt: at + later }))]);
  return holds(plans({ work, messages, sweep }), 'sweeps of locks in use');
});
