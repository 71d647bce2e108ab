import fc from 'fast-check';
import { it } from 'vitest';
import type { PublishFault } from '../../src/adapters/in-memory/in-memory-message-publisher.ts';
import { durationMs } from '../../src/domain/time.ts';
import { anyMessage, plans } from './simulation/any-plan.ts';
import { holds } from './simulation/promise.ts';

const looks = fc.array(fc.nat(200_000), { minLength: 5, maxLength: 20, size: 'max' });

it('a status says completed only once the work is done, tells its one result, and stays so', () =>
  holds(plans({ looks }), 'statuses of deliveries', function* ({ status, plan }) {
    const sorted = status.told.map((each) => each?.status);
    const since = sorted.slice(sorted.indexOf('completed'));
    if (sorted.includes('completed') && plan.keepsCompleted && since.some((each) => each !== 'completed'))
      yield `after completed, the status was ${since.find((each) => each !== 'completed')}`;
  }));

it('content that is submitted until the queue confirms it is worked on once, and its senders are told the same end', () => {
  const fault = fc.constantFrom<(PublishFault | null)[]>(
    'message-lost',
    'confirmation-lost',
    'confirmation-lost',
    null,
  );
  const client = fc.record({
    at: fc.nat(30_000).map(durationMs),
    faults: fc.array(fault, { maxLength: 3 }),
    message: anyMessage,
  });
  const clients = fc.array(client, { minLength: 1, maxLength: 3 });
  return holds(
    plans({ clients, messages: fc.constant([]) }),
    'statuses of submissions',
    function* ({ clients, locks }) {
      const ends = clients.flatMap(({ end }) => (end?.status === 'completed' ? [end.result] : []));
      if (new Set(ends).size > 1) yield `its senders are told different results: ${ends}`;
      if (locks.lock?.record.state === 'completed' && ends.some((result) => result !== locks.lock?.record.result))
        yield `a sender is told ${ends}, but stored is ${locks.lock.record.result}`;
    },
  );
});
