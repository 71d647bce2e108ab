import { type MessageHandler, PermanentFailure } from 'immutable-service-bus/functions';
import { payments } from './payments.ts';

/** The work of one order: pay, then confirm. A finished step is not run again, whoever resumes the order. */
export const handleOrder: MessageHandler = async (message, context) => {
  const order = message.content.kind === 'json' ? message.content.value : undefined;
  // No further attempt can mend this one: it fails for good, with this reason.
  if (!isOrder(order)) throw new PermanentFailure('An order is {"item": "…", "quantity": 1}.');

  const { payment } = await context.step('charge', ({ idempotencyKey, signal }) =>
    payments.charge(order, { idempotencyKey, signal }),
  );
  const confirmedAt = await context.step('confirm', () => new Date().toISOString());
  return { payment, confirmedAt }; // the status of the message shows it
};

export interface Order {
  readonly item: string;
  readonly quantity: number;
}

const isOrder = (value: unknown): value is Order =>
  typeof value === 'object' && value !== null && 'item' in value && 'quantity' in value;
