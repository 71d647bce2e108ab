import { type Environment, Settings } from '../../adapters/environment/settings.ts';
import { ConfigError } from '../../application/settings/config-error.ts';
import type { DurationMs } from '../../domain/time.ts';

/** What can be set of the two engines that the local host embeds. */
export interface EngineSettings {
  readonly serviceBusPort: number;
  readonly blobPort: number;
  readonly queueName: string;
  /** How long the broker locks a message for the receiver that it delivered it to. */
  readonly peekLockMs: DurationMs;
  readonly maxDeliveryCount: number;
  /** How long an engine may take to start. */
  readonly startTimeoutMs: DurationMs;
  /** How long the queue drops messages whose ID it has seen; undefined if it does not. */
  readonly duplicateDetectionWindowMs: DurationMs | undefined;
}

/** @throws ConfigError that names every bad setting. */
export function readEngineSettings(environment: Environment): EngineSettings {
  const settings = new Settings(environment);
  const engineSettings = {
    serviceBusPort: settings.integer('EMULATOR_SERVICE_BUS_PORT', 5672, 0, 65_535),
    blobPort: settings.integer('EMULATOR_BLOB_PORT', 10_000, 0, 65_535),
    queueName: settings.queueName(),
    peekLockMs: settings.duration('EMULATOR_LOCK_DURATION', 'PT1M', { least: 'PT1S', most: 'PT5M' }),
    maxDeliveryCount: settings.maxDeliveryCount(),
    startTimeoutMs: settings.startupTimeout(),
    // The service's own bounds. Source: Microsoft, "Duplicate detection", duplicate detection window size.
    duplicateDetectionWindowMs: settings.durationIfSet('EMULATOR_DUPLICATE_DETECTION_WINDOW', {
      least: 'PT20S',
      most: 'P7D',
    }),
  };
  const problems = settings.problems();
  if (problems.length > 0) throw new ConfigError(problems);
  return engineSettings;
}
