// Checked after each of a million steps: an assertion of the runner's costs a hundred times what one of Node.js does.
import { ok, strictEqual } from 'node:assert';
import fc from 'fast-check';
import { it } from 'vitest';
import { Queue } from '../../src/broker/queue.ts';
import type { Settlement } from '../../src/broker/settlement.ts';
import { generatedCases } from '../generated-cases.ts';
import { ManualClock } from '../manual-clock.ts';
import { content, receiveFrom, tokenOf } from './messages.ts';

const settlements: readonly Settlement[] = [
  { kind: 'complete' },
  { kind: 'abandon', properties: {} },
  { kind: 'defer', properties: {} },
  { kind: 'deadLetter', reason: 'any', description: undefined, properties: {} },
];

const step = fc.oneof(
  fc.record({ do: fc.constant('send' as const), delay: fc.constantFrom(0, 0, 700) }),
  fc.record({ do: fc.constant('receive' as const) }),
  fc.record({ do: fc.constant('receive-deferred' as const), pick: fc.nat() }),
  fc.record({ do: fc.constant('settle' as const), pick: fc.nat(), settlement: fc.constantFrom(...settlements) }),
  fc.record({ do: fc.constant('renew' as const), pick: fc.nat() }),
  fc.record({ do: fc.constant('end-lock' as const), pick: fc.nat() }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 400, 1_000) }),
);

it('keeps every message in one place until one delivery has completed it, whatever happens and in whatever order', () =>
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const clock = new ManualClock();
      const queue = new Queue({ name: 'orders', lockDurationMs: 1_000, maxDeliveryCount: 3 }, clock);
      const tokens: string[] = [];
      let sent = 0;
      let completed = 0;
      const pick = <Item>(items: readonly Item[], number: number): Item | undefined => items[number % items.length];
      for (const each of steps) {
        switch (each.do) {
          case 'send':
            queue.send(content(`m${sent}`, each.delay === 0 ? {} : { scheduledEnqueueTime: clock.now() + each.delay }));
            sent += 1;
            break;
          case 'receive':
            tokens.push(tokenOf(receiveFrom(queue)));
            break;
          case 'receive-deferred': {
            const number = pick(queue.inspect().deferred, each.pick)?.sequenceNumber;
            tokens.push(tokenOf(queue.receiveDeferred([number ?? 0], 'peekLock')?.[0]));
            break;
          }
          case 'settle': {
            const isSettled = queue.settle(pick(tokens, each.pick) ?? '', each.settlement) === 'settled';
            if (isSettled && each.settlement.kind === 'complete') completed += 1;
            break;
          }
          case 'renew':
            queue.renewLock(pick(tokens, each.pick) ?? '');
            break;
          case 'end-lock':
            queue.endLock(pick(tokens, each.pick) ?? '');
            break;
          case 'wait':
            clock.advance(each.ms);
        }
        const { active, locked, deferred, scheduled, deadLettered } = queue.inspect();
        const ids = [active, locked, deferred, scheduled, deadLettered].flat().map(({ messageId }) => messageId);
        strictEqual(new Set(ids).size, ids.length);
        strictEqual(ids.length, sent - completed);
        ok(active.every(({ deliveryCount }) => deliveryCount < 3));
        strictEqual(tokens.filter((token) => queue.locked(token) !== undefined).length, locked.length);
        ok(clock.pending <= 1, `${clock.pending} timers`);
      }
    }),
    { numRuns: generatedCases({ quick: 100, deep: 20_000 }) },
  ));
