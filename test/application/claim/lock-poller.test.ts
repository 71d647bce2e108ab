import { describe, expect, it, onTestFinished } from 'vitest';
import { ManualClock } from '../../../src/adapters/in-memory/manual-clock.ts';
import { LockPoller } from '../../../src/application/claim/lock-poller.ts';
import { durationMs, seconds } from '../../../src/domain/time.ts';
import { lockOf } from '../../support/lock-records.ts';

const name = lockOf('m-1');

function pollerOf() {
  const clock = new ManualClock();
  onTestFinished(() => expect(clock.sleepers, 'looks that nobody waits for').toBe(0));
  let reads = 0;
  const read = async () => {
    reads += 1;
    return undefined;
  };
  const poller = new LockPoller(clock);
  const look = (pollMs: number, mostMs: number, signal?: AbortSignal) =>
    poller.look(name, { pollMs: durationMs(pollMs), mostMs: durationMs(mostMs), signal, read });
  return { clock, poller, look, reads: () => reads };
}

describe('A look at a lock', () => {
  it('is one request, however many wait for it, at the time of the first', async () => {
    const { clock, look, reads } = pollerOf();
    const looks = [look(2000, 10_000), look(500, 10_000), look(9000, 10_000)];
    await clock.advance(seconds(2));
    expect(await Promise.all(looks)).toEqual([undefined, undefined, undefined]);
    expect(reads()).toBe(1);
  });

  it('is another one for whoever comes after it was made', async () => {
    const { clock, look, reads } = pollerOf();
    const first = look(1000, 10_000);
    await clock.advance(seconds(1));
    await first;
    const second = look(1000, 10_000);
    await clock.advance(seconds(1));
    await second;
    expect(reads()).toBe(2);
  });

  it('is late for whoever may not wait so long, and still made for the others', async () => {
    const { clock, look, reads } = pollerOf();
    const [patient, hasty] = [look(2000, 10_000), look(2000, 1000)];
    await clock.advance(seconds(1));
    expect(await hasty).toBe('late');
    await clock.advance(seconds(1));
    expect(await patient).toBeUndefined();
    expect(reads()).toBe(1);
  });

  it('is not made when all who waited have left', async () => {
    const { clock, look, reads } = pollerOf();
    const stop = new AbortController();
    const left = look(2000, 10_000, stop.signal);
    stop.abort(new Error('The host stops.'));
    await expect(left).rejects.toThrow('The host stops.');
    await clock.advance(seconds(5));
    expect(reads()).toBe(0);
  });
});

describe('The right to claim a lock', () => {
  it('is that of one delivery of the process at a time', async () => {
    const { poller } = pollerOf();
    const claim = Promise.withResolvers<string>();
    const first = poller.claim(name, () => claim.promise);
    expect(await poller.claim(name, async () => 'second')).toBeUndefined();
    expect(await poller.claim(lockOf('m-2'), async () => 'another lock')).toBe('another lock');
    claim.resolve('first');
    expect(await first).toBe('first');
    expect(await poller.claim(name, async () => 'later')).toBe('later');
  });

  it('is free again when a claim fails', async () => {
    const { poller } = pollerOf();
    await expect(poller.claim(name, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await poller.claim(name, async () => 'later')).toBe('later');
  });
});
