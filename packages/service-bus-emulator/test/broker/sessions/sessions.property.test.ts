import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Queue } from '../../../src/broker/queue.ts';
import type { Settlement } from '../../../src/broker/settlement.ts';
import type { StoredMessage } from '../../../src/broker/stored-message.ts';
import { generatedCases } from '../../generated-cases.ts';
import { ManualClock } from '../../manual-clock.ts';
import { content, tokenOf } from '../messages.ts';
import { SessionModel, type Step } from './session-model.ts';
import { SessionReceiver } from './session-receiver.ts';

const settlements: readonly Settlement[] = [
  { kind: 'complete' },
  { kind: 'release' },
  { kind: 'abandon', properties: {} },
  { kind: 'defer', properties: {} },
  { kind: 'deadLetter', reason: 'any', description: undefined, properties: {} },
];

const session = fc.constantFrom('a', 'b', 'c');
const by = fc.nat(2);
const pick = fc.nat();
const simple = (name: 'receive' | 'leave' | 'renew' | 'note' | 'forget') => fc.record({ do: fc.constant(name), by });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      session,
      delay: fc.constantFrom(0, 0, 0, 700),
      timeToLiveMs: fc.constantFrom(undefined, undefined, 900),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('accept' as const), by, session }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('accept-next' as const), by, timeoutMs: fc.constantFrom(300, 5_000) }),
  },
  { weight: 5, arbitrary: simple('receive') },
  simple('leave'),
  simple('renew'),
  simple('note'),
  simple('forget'),
  fc.record({ do: fc.constant('receive-deferred' as const), by, pick }),
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('settle' as const), pick, settlement: fc.constantFrom(...settlements) }),
  },
  fc.record({ do: fc.constantFrom('end-lock' as const, 'cancel' as const), pick }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 400, 1_000) }) },
);

it('has every message in one place, every session with one owner, and delivers in order, whatever happens', () =>
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const model = new SessionModel();
      for (const each of steps) {
        model.take(each);
        model.check();
      }
    }),
    { numRuns: generatedCases({ quick: 60, deep: 20_000 }) },
  ));

const act = fc.record({
  worker: fc.nat(2),
  what: fc.constantFrom('work', 'work', 'work', 'abandon', 'leave', 'send', 'send', 'stall'),
  session: fc.constantFrom('a', 'b', 'c'),
});

it('has the messages of a session completed in the order in which they were sent, each once', () =>
  fc.assert(
    fc.property(fc.array(act, { maxLength: 80, size: 'max' }), (acts) => {
      const clock = new ManualClock();
      const options = { name: 'orders', lockDurationMs: 1_000, maxDeliveryCount: 1_000, requiresSession: true };
      const queue = new Queue(options, clock);
      const sent = new Map<string, string[]>();
      const completed = new Map<string, string[]>();
      const note = (where: Map<string, string[]>, id: string) =>
        where.set(id.slice(0, 1), [...(where.get(id.slice(0, 1)) ?? []), id]);
      const workers = [0, 1, 2].map(() => ({
        receiver: new SessionReceiver(queue),
        message: undefined as StoredMessage | undefined,
      }));
      /** Takes the next session, the next message of it, or completes the one it has. */
      const work = (worker: (typeof workers)[number]) => {
        if (worker.receiver.session === undefined) {
          worker.receiver.leave();
          worker.receiver = new SessionReceiver(queue);
          worker.receiver.acceptNext();
          worker.message = undefined;
        } else if (worker.message === undefined) {
          worker.message = worker.receiver.receive();
          if (worker.message === undefined) worker.receiver.leave();
        } else {
          const { messageId } = worker.message.content;
          if (queue.settle(tokenOf(worker.message), { kind: 'complete' }) === 'settled') note(completed, messageId);
          worker.message = undefined;
        }
      };
      for (const [number, { worker: place, what, session: sessionId }] of acts.entries()) {
        const worker = workers[place] ?? expect.fail('There is no such worker');
        if (what === 'send') {
          note(sent, `${sessionId}${number}`);
          queue.send(content(`${sessionId}${number}`, { sessionId }));
        } else if (what === 'work') {
          work(worker);
        } else if (what === 'abandon' && worker.message !== undefined) {
          queue.settle(tokenOf(worker.message), { kind: 'abandon', properties: {} });
          worker.message = undefined;
        } else if (what === 'leave') {
          worker.receiver.leave();
        } else if (what === 'stall') {
          clock.advance(600);
        }
      }
      for (let count = 0; queue.inspect().active.length + queue.inspect().locked.length > 0; count += 1) {
        expect(count).toBeLessThan(1_000);
        for (const worker of workers) work(worker);
      }
      expect(completed).toEqual(sent);
    }),
    { numRuns: generatedCases({ quick: 60, deep: 20_000 }) },
  ));
