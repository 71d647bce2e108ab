import { type Environment, Settings } from '../../../adapters/environment/settings.ts';
import { type LogLevel, logLevels } from '../../../adapters/telemetry/log.ts';
import type { StreamLogOptions } from '../../../adapters/telemetry/stdout-log.ts';

export interface LogSettings extends StreamLogOptions {
  readonly level: LogLevel;
}

const auto = 'auto';

export function readLogSettings(settings: Settings): LogSettings {
  const format = settings.oneOf('LOG_FORMAT', auto, [auto, 'pretty', 'json']);
  return {
    format: format === auto ? undefined : format,
    level: settings.oneOf('LOG_LEVEL', 'info', logLevels),
  };
}

/** For the log that tells of bad settings, which has to be there before they are read: what is wrong has its default. */
export const logSettingsOf = (environment: Environment): LogSettings => readLogSettings(new Settings(environment));
