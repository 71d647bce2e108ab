import { expect, it } from 'vitest';
import {
  idOfMarkerName,
  layoutMarkerName,
  outlastsRetention,
  scopeMarkerName,
  sweepMarkerName,
} from '../../src/domain/marker-name.ts';

it('A marker is in the folder of the locks of its scope, and does not begin as they do', () => {
  expect(sweepMarkerName('orders')).toBe('orders/sweep.json');
  expect(sweepMarkerName('invoices/subscriptions/billing')).toBe('invoices~2Fsubscriptions~2Fbilling/sweep.json');
  expect(layoutMarkerName('orders')).toBe('orders/layout.json');
  expect(idOfMarkerName('orders')).toBe('orders/id-of.json');
  expect(scopeMarkerName('orders')).toBe('orders/scope.json');
});

it('What says how the locks are laid out outlasts them, whatever the scope is called', () => {
  expect(outlastsRetention(layoutMarkerName('orders'))).toBe(true);
  expect(outlastsRetention(idOfMarkerName('orders'))).toBe(true);
  expect(outlastsRetention(scopeMarkerName('orders'))).toBe(true);
  expect(outlastsRetention(sweepMarkerName('orders'))).toBe(false);
  expect(outlastsRetention(sweepMarkerName('layout.json'))).toBe(false);
});
