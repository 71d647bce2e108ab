import { asError } from '../../application/error-text.ts';
import { jsonLines } from './json-lines.ts';
import { bothLogs, type Log } from './log.ts';
import type { Exporting } from './otlp/index.ts';
import { wantedSignals } from './otlp/wanted-signals.ts';

/** Telemetry that leaves the process, by OTEL_* variables. */
export interface ExportedTelemetry {
  /** Exports a line, if logs are exported. What looks like a secret is cut out of it. */
  readonly log: Log;
  /** Sends what is left, for 2 s at most and no longer than `leftMs`. */
  stop(leftMs: number): Promise<void>;
}

/** The most that a stopping process waits for its collector. */
const longestFlushMs = 2000;

/**
 * Starts to export what the variables ask for. The SDK is loaded only then. Without it, and if another one is registered already,
 * nothing is exported here; it never rejects.
 */
export async function exportTelemetry(log: Log, options: { readonly hostsLogs: boolean }): Promise<ExportedTelemetry> {
  const { signals, warnings } = wantedSignals(process.env, options);
  for (const warning of warnings) log('warn', warning, { event: 'telemetry' });
  const exporting = signals.size === 0 ? undefined : await start(log, signals);
  return {
    log: exporting === undefined ? () => undefined : plainLines(exporting.log),
    stop: async (leftMs) => exporting?.stop(Math.max(0, Math.min(longestFlushMs, leftMs))),
  };
}

/** Runs what `run` starts, with its lines exported as well, and stops to export after it, all of it within `stopMs`. */
export async function exportingWhile<Running extends { stop(): Promise<void> }>(
  log: Log,
  stopMs: number,
  run: (log: Log) => Promise<Running>,
): Promise<Running> {
  const exported = await exportTelemetry(log, { hostsLogs: false });
  try {
    const running = await run(bothLogs(log, exported.log));
    const stop = async () => {
      const start = performance.now();
      await running.stop();
      await exported.stop(stopMs - (performance.now() - start) - exitMs);
    };
    return { ...running, stop };
  } catch (error) {
    await exported.stop(failedMs);
    throw error;
  }
}

/** What a process needs for its end after everything was stopped. */
const exitMs = 300;
/** For what is left of a start that failed. */
const failedMs = 1000;

async function start(log: Log, signals: ReturnType<typeof wantedSignals>['signals']): Promise<Exporting | undefined> {
  const onTrouble = (why: string) =>
    log('warn', `Telemetry could not be exported, and is tried again without a further word: ${why}`, {
      event: 'telemetry',
    });
  try {
    const { startExport } = await import('./otlp/index.ts');
    return startExport({ signals, onTrouble });
  } catch (thrown) {
    const error = asError(thrown);
    log('warn', `Telemetry is not exported: OpenTelemetry could not be loaded. ${error.message}`, {
      event: 'telemetry',
    });
    return undefined;
  }
}

/** `log` of lines as they stand in JSON: texts, without secrets. */
const plainLines =
  (log: Exporting['log']): Log =>
  (level, sentence, facts) =>
    jsonLines(
      (line) => {
        const { time: _time, level: _level, message, ...rest } = JSON.parse(line);
        log(level, message, rest);
      },
      () => '',
    )(level, sentence, facts);
