/** Whether `value` is a trace context. Any other value is ignored. Source: W3C Trace Context, section 3.2.2. */
export const isTraceparent = (value: unknown): value is string => typeof value === 'string' && pattern.test(value);

const pattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;
