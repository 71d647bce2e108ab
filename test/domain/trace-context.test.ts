import { describe, expect, it } from 'vitest';
import { isTraceparent, traceContext, traceIds } from '../../src/domain/trace-context.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('isTraceparent', () => {
  it.each([traceparent, traceparent.replace(/01$/, '00'), `${traceparent.replace(/^00/, 'cc')}-what-comes-later`])(
    'takes %j',
    (value) => expect(isTraceparent(value)).toBe(true),
  );

  it.each([
    undefined,
    null,
    7,
    [traceparent],
    '',
    traceparent.toUpperCase(),
    traceparent.replace(/^00/, 'ff'),
    traceparent.replace(/[^-]{32}/, '0'.repeat(32)),
    traceparent.replace(/-[^-]{16}-/, `-${'0'.repeat(16)}-`),
    `${traceparent}0`,
    ` ${traceparent}`,
    traceparent.slice(1),
  ])('refuses %j', (value) => expect(isTraceparent(value)).toBe(false));
});

describe('traceContext', () => {
  it('has the state along with the context', () =>
    expect(traceContext(traceparent, 'vendor=1')).toEqual({ traceparent, tracestate: 'vendor=1' }));

  it('is undefined without a valid context, whatever the state', () =>
    expect(traceContext('nonsense', 'vendor=1')).toBeUndefined());

  it.each([undefined, null, 7, '', 'a=\u00e9', 'a=b\n', 'x'.repeat(513)])('leaves out the state %j', (state) =>
    expect(traceContext(traceparent, state)).toEqual({ traceparent }),
  );

  it('has a state of 512 characters, which everybody hands on', () =>
    expect(traceContext(traceparent, 'x'.repeat(512))).toHaveProperty('tracestate'));
});

describe('traceIds', () => {
  it('are those of the trace and of the span', () =>
    expect(traceIds({ traceparent })).toEqual({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
    }));
});
