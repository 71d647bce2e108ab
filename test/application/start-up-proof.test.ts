import { describe, expect, it } from 'vitest';
import { type ProtocolSettings, proveSettings } from '../../src/application/start-up-proof.ts';
import { durationMs, seconds } from '../../src/domain/time.ts';

/** The least that is permitted, each by another rule: 30 s and 5 s of grace, 1 s and a poll of 3 s; and so on. */
const least: ProtocolSettings = {
  lockTtlMs: seconds(30),
  activeLockWaitMs: seconds(39),
  completedRetentionMs: seconds(7200),
  messageTtlMs: seconds(3600),
  functionTimeoutMs: seconds(99),
  maxDeliveryCount: 6,
};

describe('Settings', () => {
  it('that keep every rule exactly prove themselves, without a warning', () => {
    expect(proveSettings(least)).toEqual({ violations: [], warnings: [] });
  });

  it.each<[string, Partial<ProtocolSettings>]>([
    ['ACTIVE_LOCK_WAIT', { activeLockWaitMs: durationMs(38_999) }],
    ['MAX_DELIVERY_COUNT', { maxDeliveryCount: 5 }],
    ['FUNCTION_TIMEOUT', { functionTimeoutMs: durationMs(98_999) }],
    ['COMPLETED_RETENTION', { completedRetentionMs: durationMs(7_199_999) }],
  ])('in which %s is too small by the least are refused by its name', (setting, changes) => {
    const { violations } = proveSettings({ ...least, ...changes });
    expect(violations).toEqual([expect.stringMatching(new RegExp(`^${setting} is .+ must be at least `))]);
  });

  it('have all their broken rules named at once', () => {
    const changes = { activeLockWaitMs: seconds(1), completedRetentionMs: seconds(1), functionTimeoutMs: seconds(1) };
    expect(proveSettings({ ...least, ...changes }).violations).toHaveLength(4);
  });

  it.each<[string, Partial<ProtocolSettings>]>([
    ['ACTIVE_LOCK_WAIT', { activeLockWaitMs: seconds(0) }],
    ['COMPLETED_RETENTION', { completedRetentionMs: seconds(0) }],
  ])('that give a promise up on purpose, with %s of PT0S, are warned of', (setting, changes) => {
    const { violations, warnings } = proveSettings({ ...least, ...changes });
    expect(violations).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(new RegExp(`^${setting} is PT0S: `))]);
  });
});
