import fc from 'fast-check';
import { it } from 'vitest';
import { anyMessage, moments, plans } from './simulation/any-plan.ts';
import { holds } from './simulation/promise.ts';

/** Sent, redelivered and settled again and again, also long after the work is done. */
const duplicates = fc.array(
  fc
    .record({ message: anyMessage, later: fc.constantFrom(0, 0, 300_000), settlementsLost: fc.nat(3), at: moments })
    .map(({ message, later, settlementsLost, at }) => ({ ...message, sentAt: later + at, settlementsLost })),
  { minLength: 2, maxLength: 6 },
);

it('work that is completed is not run again while its lock is kept, however often and late its message comes', () =>
  holds(plans({ messages: duplicates }), 'completed once, locks kept'));

it('work whose lock is deleted as soon as it is done is done once for each time that nobody was at work on it', () =>
  holds(plans({ messages: duplicates, keepsCompleted: fc.constant(false) }), 'completed once, locks deleted'));
