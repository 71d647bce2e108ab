import fc from 'fast-check';
import { it } from 'vitest';
import { anyMessage, anySweep, plans } from './simulation/any-plan.ts';
import { holds } from './simulation/promise.ts';

it('a sweep deletes no lock within its retention, also if it was written between listing and deletion', () => {
  // Those that come late may find a lock that is due, and write it just when it is to be deleted.
  const message = fc
    .tuple(anyMessage, fc.constantFrom(0, 0, 60_000, 120_000, 180_000))
    .map(([any, later]) => ({ ...any, sentAt: any.sentAt + later }));
  const messages = fc.array(message, { minLength: 1, maxLength: 6 });
  return holds(plans({ messages, sweep: anySweep }), 200);
});
