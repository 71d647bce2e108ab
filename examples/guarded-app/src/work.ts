import type { InvocationContext } from '@azure/functions';
import type { GuardedContext, HandlerContext } from 'immutable-service-bus/functions';

export interface Order {
  readonly order: string;
  readonly amount: number;
}

/** A handler as it was before there was a guard: it is run once for each order, as it is. */
export async function takeOrder(order: Order, context: InvocationContext): Promise<void> {
  context.log(`took ${order.order}`);
}

/** One that uses what the guard adds: a finished step is not run again, whoever resumes the message. */
export async function payOrder({ order, amount }: Order, context: GuardedContext): Promise<{ receipt: string }> {
  const receipt = await context.step('charge', ({ idempotencyKey }) => `${amount} for ${order}, ${idempotencyKey}`);
  await context.step('tell', () => context.log(`paid ${order}`));
  return { receipt };
}

/** Bytes, as the function asked for them. */
export async function audit(bytes: Buffer, context: GuardedContext): Promise<{ bytes: number }> {
  context.log(`${context.message.id}: ${bytes.byteLength} bytes`);
  return { bytes: bytes.byteLength };
}

/** The steps of one order come in their order, since they are one session. */
export async function nextStep({ number }: { readonly number: number }, context: GuardedContext): Promise<void> {
  context.log(`step ${number} of ${context.message.sessionId}`);
}

export const closeDay = async (day: string, { step }: HandlerContext): Promise<{ readonly day: string }> => {
  await step('sum up', () => day);
  return { day };
};
