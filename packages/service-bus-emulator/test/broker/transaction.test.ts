import { expect, it } from 'vitest';
import { Queue } from '../../src/broker/queue.ts';
import { Transaction } from '../../src/broker/transaction.ts';
import { ManualClock } from '../manual-clock.ts';
import { content, receiveFrom, tokenOf } from './messages.ts';

const complete = { kind: 'complete' } as const;

function lockedMessages(...ids: readonly string[]) {
  const clock = new ManualClock();
  const queue = new Queue({ name: 'orders', lockDurationMs: 1_000 }, clock);
  for (const id of ids) queue.send(content(id));
  return { clock, queue, tokens: ids.map(() => tokenOf(receiveFrom(queue))) };
}

it('leaves everything as it is until it is committed', () => {
  const { queue, tokens } = lockedMessages('a', 'b');
  const transaction = new Transaction();
  for (const token of tokens) expect(transaction.settle(queue, token, complete)).toBe('settled');
  expect(queue.inspect().locked).toHaveLength(2);
  expect(transaction.commit()).toBe('committed');
  expect(queue.inspect().locked).toHaveLength(0);
});

it('carries out nothing if one of its locks has ended', () => {
  const { clock, queue, tokens } = lockedMessages('a', 'b');
  const [a = '', b = ''] = tokens;
  const transaction = new Transaction();
  for (const token of [a, b]) transaction.settle(queue, token, complete);
  clock.advance(600);
  queue.renewLock(a);
  clock.advance(600);
  expect(transaction.commit()).toBe('impossible');
  expect(queue.inspect()).toMatchObject({ locked: [{ messageId: 'a' }], active: [{ messageId: 'b' }] });
});

it('settles a delivery once', () => {
  const { queue, tokens } = lockedMessages('a');
  const [token = ''] = tokens;
  const transaction = new Transaction();
  transaction.settle(queue, token, complete);
  expect(transaction.settle(queue, token, complete)).toBe('lock-lost');
  expect(transaction.commit()).toBe('committed');
  expect(transaction.settle(queue, token, complete)).toBe('lock-lost');
});
