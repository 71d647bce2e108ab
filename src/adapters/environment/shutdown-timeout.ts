import { type DurationMs, durationMs, seconds } from '../../domain/time.ts';
import { type Environment, Settings } from './settings.ts';

/** How long a process may take to stop after a signal. By default all of it ends within 5 s. */
export const readShutdownTimeout = (settings: Settings): DurationMs =>
  settings.duration('SHUTDOWN_TIMEOUT', 'PT4.5S', { least: 'PT2S', most: 'PT1H' });

/** For a signal that comes before the settings are read: what is wrong has its default. */
export const shutdownTimeoutOf = (environment: Environment): DurationMs =>
  readShutdownTimeout(new Settings(environment));

/** How much of that the work has. The rest is for closing the connections, and for engines to stop. */
export const graceOfShutdown = (shutdownTimeoutMs: DurationMs): DurationMs =>
  durationMs(shutdownTimeoutMs - seconds(1));
