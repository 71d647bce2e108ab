import { describe, expect, it } from 'vitest';
import { hopFrom, hopProperties } from '../../../src/adapters/service-bus/hop-properties.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const other = '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01';

describe('The hop of a message', () => {
  it('is read back as it was written', () => {
    for (const hop of [{ traceparent }, { traceparent, tracestate: 'vendor=1' }]) {
      expect(hopFrom(hopProperties(hop))).toEqual(hop);
    }
  });

  it('is written for each of those who look for it under another name', () =>
    expect(hopProperties({ traceparent })).toEqual({ traceparent, 'Diagnostic-Id': traceparent }));

  it.each([
    ['traceparent before Diagnostic-Id', { 'Diagnostic-Id': other, traceparent }, traceparent],
    ['Diagnostic-Id if traceparent is not one', { 'Diagnostic-Id': other, traceparent: 'x' }, other],
    ['diagnostic-Id, as a Functions host spells it', { 'diagnostic-Id': other }, other],
    ['nothing of another form', { 'Diagnostic-Id': '|7d62dd.1.', traceparent: 7 }, undefined],
  ])('is %s', (_, properties, expected) => expect(hopFrom(properties)?.traceparent).toBe(expected));
});
