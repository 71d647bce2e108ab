import type { Order } from './handle-order.ts';

/** Stands for a service that makes a payment once per idempotency key, as most payment services do. */
export const payments = {
  async charge(
    { quantity }: Order,
    { idempotencyKey, signal }: { readonly idempotencyKey: string; readonly signal: AbortSignal },
  ): Promise<{ readonly payment: string; readonly amount: number }> {
    signal.throwIfAborted();
    return { payment: `payment of ${idempotencyKey}`, amount: quantity * 10 };
  },
};
