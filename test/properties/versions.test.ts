import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InMemoryLockStore } from '../../src/adapters/in-memory/in-memory-lock-store.ts';
import { ManualClock } from '../../src/adapters/in-memory/manual-clock.ts';
import type { LockStore } from '../../src/application/ports/lock-store.ts';
import type { MessageHandler } from '../../src/application/ports/message-handler.ts';
import { lockDocument, parseLockDocument } from '../../src/domain/lock-document.ts';
import { durationMs } from '../../src/domain/time.ts';
import { casesOf } from '../support/cases.ts';
import { delivery } from '../support/deliveries.ts';
import { lockOf } from '../support/lock-records.ts';
import { Machine } from '../support/machine.ts';
import { SimulatedProcess } from '../support/simulated-process.ts';

const count = casesOf('rolling updates');

/**
 * The next version, as one that adds to the record sees the store: it has put its members into what it writes. What this version
 * does not know of it comes as it comes over a real store, as text.
 */
function nextVersion(store: InMemoryLockStore): LockStore {
  return {
    read: (name) => store.read(name),
    put: (name, record, condition) => {
      const steps = record.steps.map((step) => ({ ...step, further: { ...step.further, machine: 'm-7' } }));
      const document = lockDocument({ ...record, steps, further: { ...record.further, region: 'north' } });
      return store.put(name, parseLockDocument(document), condition);
    },
    delete: (name, version) => store.delete(name, version),
  };
}

it(`${count} rolling updates, one version beside the next over one store, repeat no step and lose no member`, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ isNext: fc.boolean(), fails: fc.boolean() }), { minLength: 2, maxLength: 6 }),
      async (attempts) => {
        const clock = new ManualClock();
        const store = new InMemoryLockStore({ writeClock: () => clock.wallTime() });
        const ran: string[] = [];
        let attempt = -1;
        const handler: MessageHandler = async (_message, { step }) => {
          for (let each = 0; each <= attempt; each += 1)
            await step(`step ${each}`, () => void ran.push(`step ${each}`));
          if (attempt < attempts.length - 1 && attempts[attempt]?.fails) throw new Error('not yet');
          if (attempt < attempts.length - 1) await new Promise(() => undefined); // its process dies now
        };
        for (const [index, { isNext, fails }] of attempts.entries()) {
          attempt = index;
          const machine = new Machine();
          const process = new SimulatedProcess({
            name: `p${index}`,
            store: machine.store(isNext ? nextVersion(store) : store),
            clock: {
              monotonic: () => clock.monotonic(),
              wallTime: () => clock.wallTime(),
              timestamp: () => clock.timestamp(),
              sleep: machine.sleep(clock),
            },
            handler,
            settings: { maxDeliveryCount: 100, maxAttempts: 100 },
          });
          const running = process.run(delivery({ deliveryCount: index + 1 }));
          const isLast = index === attempts.length - 1;
          const hasWorked = async () => (await store.read(lockOf('m-1')))?.record.steps.length === index + 1;
          while (!(await hasWorked())) await clock.advance(durationMs(500));
          if (isLast || fails) expect(await running).toHaveProperty(isLast ? 'outcome' : 'error');
          else machine.crash();
        }
        expect(ran).toEqual(attempts.map((_, index) => `step ${index}`));
        const { record } = (await store.read(lockOf('m-1'))) ?? expect.unreachable();
        expect(record.state).toBe('completed');
        const first = attempts.findIndex(({ isNext }) => isNext);
        expect(record.further).toEqual(first < 0 ? undefined : { region: 'north' });
      },
    ),
    { numRuns: count },
  );
});
