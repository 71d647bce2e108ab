import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MessageRun } from '../../src/broker/message-run.ts';
import { StoredMessage } from '../../src/broker/stored-message.ts';
import { content } from './messages.ts';

const message = (number: number) => new StoredMessage(content(`m${number}`), number, number, 0);

it('gives the messages in the order of their numbers, whatever comes, comes back and is taken out', () =>
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('new', 'new', 'take', 'back', 'delete'), fc.nat())), (steps) => {
      const run = new MessageRun();
      const within: StoredMessage[] = [];
      const outside: StoredMessage[] = [];
      let last = 0;
      const enter = (entering: StoredMessage) => {
        run.add(entering);
        within.push(entering);
        within.sort((a, b) => a.sequenceNumber - b.sequenceNumber);
      };
      for (const [step, pick] of steps) {
        if (step === 'new') {
          last += 1;
          enter(message(last));
        } else if (step === 'take') {
          const expected = within.shift();
          expect(run.takeFirst()).toBe(expected);
          if (expected !== undefined) outside.push(expected);
        } else if (step === 'back') {
          const [returning] = outside.splice(pick % Math.max(outside.length, 1), 1);
          if (returning !== undefined) enter(returning);
        } else {
          const [leaving] = within.splice(pick % Math.max(within.length, 1), 1);
          if (leaving !== undefined) {
            expect(run.delete(leaving)).toBe(true);
            expect(run.delete(leaving)).toBe(false);
            outside.push(leaving);
          }
        }
        expect(run.size).toBe(within.length);
      }
    }),
    { numRuns: 300 },
  ));

it('keeps its order over many more than it compacts', () => {
  const run = new MessageRun();
  const all = Array.from({ length: 1_000 }, (_, place) => message(place + 1));
  for (const each of all) run.add(each);
  for (const each of all.slice(100, 900)) run.delete(each);
  const left = Array.from({ length: 200 }, () => run.takeFirst()?.sequenceNumber);
  expect(left).toEqual([...all.slice(0, 100), ...all.slice(900)].map(({ sequenceNumber }) => sequenceNumber));
  expect(run.takeFirst()).toBeUndefined();
});
