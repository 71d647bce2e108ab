import { type MessageHandler, PermanentFailure } from 'immutable-service-bus';

/** The handler under test: an order is paid, then shipped. */
export const handleOrder: MessageHandler = async ({ content }, { step }) => {
  const item = content.kind === 'json' ? (content.value as { item?: string }).item : undefined;
  if (item === undefined) throw new PermanentFailure('An order has an item.');
  const payment = await step('pay', ({ idempotencyKey }) => `payment ${idempotencyKey}`);
  await step('ship', () => `${item} is on its way`);
  return { payment };
};
