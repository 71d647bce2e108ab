import { runHandler } from 'immutable-service-bus/testing';
import { expect, it } from 'vitest';
import { handleOrder } from './order.ts';

it('does the work of three copies once, while answers of the store get lost', async () => {
  const failStore = ({ nth }: { readonly nth: number }) => (nth % 3 === 0 ? 'answer-lost' : undefined);
  const run = await runHandler(handleOrder, { item: 'book' }, { deliveries: 3, failStore });
  expect(run).toMatchObject({ outcome: 'completed', attempts: 1, steps: [{ runs: 1 }, { runs: 1 }] });
  expect(run.deliveries.map(({ settledAs }) => settledAs)).toEqual(['complete', 'complete', 'complete']);
});
