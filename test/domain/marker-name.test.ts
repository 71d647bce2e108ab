import { expect, it } from 'vitest';
import { sweepMarkerName } from '../../src/domain/marker-name.ts';

it('A marker is in the folder of the locks of its scope, and does not begin as they do', () => {
  expect(sweepMarkerName('orders')).toBe('orders/sweep.json');
  expect(sweepMarkerName('invoices/subscriptions/billing')).toBe('invoices~2Fsubscriptions~2Fbilling/sweep.json');
});
