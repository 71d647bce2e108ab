import fc from 'fast-check';
import { it } from 'vitest';
import { anyInstance, anyMessage, anySweep, plans } from './simulation/any-plan.ts';
import { holds } from './simulation/promise.ts';

/** Every one of them stands still for longer than a short ttl, and goes on then. */
const zombies = fc.array(
  fc
    .record({ instance: anyInstance, at: fc.nat(20_000), ms: fc.integer({ min: 4000, max: 40_000 }) })
    .map(({ instance, ...pause }) => ({ ...instance, end: null, pause: { ...pause, isAsleep: false } })),
  { minLength: 2, maxLength: 7, size: 'max' },
);

it('no effect is accepted from an owner with an older token, also not across the deletion of its lock', () => {
  const messages = fc.array(anyMessage, { minLength: 2, maxLength: 6 });
  const keepsCompleted = fc.boolean();
  return holds(plans({ instances: zombies, messages, keepsCompleted, sweep: fc.option(anySweep) }), 'fenced effects');
});
