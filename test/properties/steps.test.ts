import fc from 'fast-check';
import { it } from 'vitest';
import { anyInstance, anyStep, moments, plans } from './simulation/any-plan.ts';
import { holds } from './simulation/promise.ts';

/** Nearly all of them die, and some of them at a request of their own. */
const mortals = fc.array(
  fc
    .record({ instance: anyInstance, at: moments, nth: fc.nat(14), isAtRequest: fc.boolean(), isSent: fc.boolean() })
    .map(({ instance, at, nth, isAtRequest, isSent }) => {
      const kind = isSent ? ('crash after the request' as const) : ('crash before the request' as const);
      const crash = { nth, kind, beforeMs: 10, afterMs: 10 };
      return isAtRequest
        ? { ...instance, end: null, troubles: [crash, ...instance.troubles] }
        : { ...instance, end: { kind: 'crash' as const, at } };
    }),
  { minLength: 2, maxLength: 7, size: 'max' },
);

const several = (atMostOnce: fc.Arbitrary<boolean>) =>
  fc.array(
    fc.record({ step: anyStep, atMostOnce }).map(({ step, ...rest }) => ({ ...step, ...rest })),
    { minLength: 2, maxLength: 4 },
  );

it('a step that is finished is not run again, whoever resumes the work', () =>
  holds(plans({ instances: mortals, work: several(fc.constant(false)) }), 'steps that run again'));

it('a step that runs at most once is never begun twice, and only once its beginning is stored', () =>
  holds(plans({ instances: mortals, work: several(fc.boolean()) }), 'steps that run at most once'));
