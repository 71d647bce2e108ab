import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runHandler } from 'immutable-service-bus/testing';
import { handleOrder } from './order.ts';

test('an order whose process dies after the payment is not paid twice', async () => {
  const { outcome, steps, attempts } = await runHandler(handleOrder, { item: 'book' }, { crashAfter: 1 });
  assert.equal(outcome, 'completed');
  assert.equal(attempts, 2);
  assert.deepEqual(
    steps.map(({ name, runs }) => [name, runs]),
    [
      ['pay', 1],
      ['ship', 1],
    ],
  );
});

test('an order without an item fails for good', async () => {
  const { outcome, error, attempts } = await runHandler(handleOrder, {});
  assert.deepEqual([outcome, attempts], ['failed', 1]);
  assert.equal(error, 'PermanentFailure: An order has an item.');
});
