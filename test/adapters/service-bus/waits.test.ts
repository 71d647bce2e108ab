import { describe, expect, it } from 'vitest';
import { TimeLimitError } from '../../../src/adapters/service-bus/time-limit.ts';
import { unlessAborted, Waits } from '../../../src/adapters/service-bus/waits.ts';
import { seconds } from '../../../src/domain/time.ts';

const never = new Promise<string>(() => undefined);

describe('A wait for a message', () => {
  it('gives what comes', async () => {
    expect(await unlessAborted(Promise.resolve('m'), new Waits().signal)).toBe('m');
  });

  it('is given up soon after its signal, though its answer never comes', async () => {
    const waits = new Waits();
    const waiting = unlessAborted(never, waits.signal);
    waits.restart();
    expect(await waiting).toBeUndefined();
    expect(await unlessAborted(never, AbortSignal.abort())).toBeUndefined();
  });

  it('still gives what was on its way when its signal came', async () => {
    const waits = new Waits();
    const answer = Promise.withResolvers<string>();
    const waiting = unlessAborted(answer.promise, waits.signal);
    waits.stop();
    setImmediate(() => answer.resolve('m'));
    expect(await waiting).toBe('m');
  });

  it('begins anew when the broker does not answer, and not when it refuses', async () => {
    const waits = new Waits();
    const { signal } = waits;
    await expect(waits.probe(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    expect(signal.aborted).toBe(false);
    await expect(waits.probe(() => Promise.reject(new TimeLimitError(seconds(3))))).rejects.toThrow('No answer');
    expect(signal.aborted).toBe(true);
    expect(waits.signal.aborted).toBe(false);
  });
});
