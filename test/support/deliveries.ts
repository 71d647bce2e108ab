import { fingerprint } from '../../src/domain/fingerprint.ts';
import type { Delivery } from '../../src/domain/message.ts';
import { keyOf, messageId } from './lock-records.ts';

/** The first delivery of the message `m-1`, whose content is the number 1. */
export const delivery = ({ id = 'm-1', ...changes }: Partial<Delivery> & { readonly id?: string } = {}): Delivery => ({
  key: keyOf(id),
  message: { id: messageId(id), source: '/test', type: 'test', content: { kind: 'json', value: 1 }, properties: {} },
  fingerprint: fingerprint('jcs1:0'),
  deliveryCount: 1,
  physical: { sequenceNumber: '1', enqueuedTime: '2024-01-01T00:00:00.000Z' },
  expiresAt: undefined,
  ...changes,
});

/** The same physical message, given back and delivered again. */
export const redelivery = (changes: Parameters<typeof delivery>[0] = {}): Delivery =>
  delivery({ deliveryCount: 2, ...changes });

/** Another physical message under the same ID: sent twice, or moved back out of the dead-letter queue. */
export const sentAgain = (changes: Parameters<typeof delivery>[0] = {}): Delivery =>
  delivery({ physical: { sequenceNumber: '2', enqueuedTime: '2024-01-01T00:00:30.000Z' }, ...changes });
