import { slownessOfMachine } from './machine-speed.ts';

/**
 * The limits on the time of a test, in milliseconds. None is an expectation: they end what hangs, so that its test is named.
 * They are many times what the longest wait and the longest test take, and a slow machine has longer ones.
 */
export const timeLimits: {
  /** For one condition. */
  readonly waitMs: number;
  /** For one test or hook, with all of its waits. */
  readonly testMs: number;
} = {
  waitMs: Math.round(120_000 * slownessOfMachine()),
  testMs: Math.round(600_000 * slownessOfMachine()),
};
