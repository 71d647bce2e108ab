import { type DurationMs, durationMs, seconds } from '../domain/time.ts';
import { graceOf } from '../domain/ttl.ts';
import { longestPollMs } from './claim/wait-for-lock.ts';

/** The settings that the protocol's promises rest on. */
export interface ProtocolSettings {
  readonly lockTtlMs: DurationMs;
  readonly activeLockWaitMs: DurationMs;
  readonly completedRetentionMs: DurationMs;
  readonly messageTtlMs: DurationMs;
  readonly functionTimeoutMs: DurationMs;
  readonly maxDeliveryCount: number;
}

/** What the settings give up, or why they cannot work. Each is a sentence that names both values and the rule. */
export interface StartUpProof {
  readonly violations: readonly string[];
  readonly warnings: readonly string[];
}

/** The rules that the settings have to meet together, for the promises to hold. All of those broken are named at once. */
export function proveSettings(settings: ProtocolSettings): StartUpProof {
  const { lockTtlMs, activeLockWaitMs, completedRetentionMs, messageTtlMs, functionTimeoutMs, maxDeliveryCount } =
    settings;
  const violations: string[] = [];
  const warnings: string[] = [];
  const untilFreeMs = lockTtlMs + graceOf(lockTtlMs);

  if (activeLockWaitMs === 0) {
    warnings.push(
      'ACTIVE_LOCK_WAIT is PT0S: a delivery that meets an active lock fails at once, so duplicates can use up the ' +
        'delivery count of a message that is still at work, and dead-letter it.',
    );
  } else {
    const crashWaitMs = durationMs(untilFreeMs + seconds(1) + longestPollMs);
    if (activeLockWaitMs < crashWaitMs) {
      violations.push(
        `ACTIVE_LOCK_WAIT is ${text(activeLockWaitMs)}, but must be at least ${text(crashWaitMs)}: LOCK_TTL ` +
          `${text(lockTtlMs)}, its grace, 1 s and the longest poll, so that a crash costs one delivery.`,
      );
    }
    const heldMs = (maxDeliveryCount - 2) * activeLockWaitMs;
    const workMs = functionTimeoutMs + untilFreeMs;
    if (heldMs < workMs) {
      violations.push(
        `MAX_DELIVERY_COUNT is ${maxDeliveryCount} and ACTIVE_LOCK_WAIT ${text(activeLockWaitMs)}, so a duplicate waits ` +
          `(${maxDeliveryCount} - 2) x ${text(activeLockWaitMs)} before the message is dead-lettered, but that must be at ` +
          `least ${text(workMs)}: FUNCTION_TIMEOUT ${text(functionTimeoutMs)}, LOCK_TTL ${text(lockTtlMs)} and its grace.`,
      );
    }
    const leastTimeoutMs = activeLockWaitMs + seconds(60);
    if (functionTimeoutMs < leastTimeoutMs) {
      violations.push(
        `FUNCTION_TIMEOUT is ${text(functionTimeoutMs)}, but must be at least ${text(leastTimeoutMs)}: ACTIVE_LOCK_WAIT ` +
          `${text(activeLockWaitMs)} and a minute, since waiting and working share it.`,
      );
    }
  }

  if (completedRetentionMs === 0) {
    warnings.push(
      'COMPLETED_RETENTION is PT0S: a lock is deleted as soon as its work is done, so a duplicate that arrives later is ' +
        'processed again.',
    );
  } else if (completedRetentionMs < messageTtlMs + seconds(3600)) {
    violations.push(
      `COMPLETED_RETENTION is ${text(completedRetentionMs)}, but must be at least MESSAGE_TTL ${text(messageTtlMs)} and an ` +
        'hour: a duplicate can arrive as long as a message lives.',
    );
  }
  return { violations, warnings };
}

const text = (duration: number): string => `${duration / 1000} s`;
