import fc from 'fast-check';
import { it } from 'vitest';
import { anyStep, plans } from './simulation/any-plan.ts';
import { holds } from './simulation/promise.ts';

const failingStep = fc
  .record({ step: anyStep, failTimes: fc.nat(12), isPermanent: fc.boolean() })
  .map(({ step, ...failing }) => ({ ...step, ...failing }));

it('a message ends completed, or failed with a reason in its lock, though its work fails and its processes die', () => {
  const work = fc.array(fc.oneof(anyStep, failingStep), { minLength: 1, maxLength: 4 });
  return holds(plans({ work }), 'ends of messages', function* ({ queue }, { messages }) {
    if (queue.settled.length !== messages.length) yield `of ${messages.length} messages ${queue.settled.length} ended`;
  });
});
