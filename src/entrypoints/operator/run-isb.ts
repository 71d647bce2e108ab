import { parseDuration } from '../../adapters/environment/duration.ts';
import type { Environment } from '../../adapters/environment/settings.ts';
import type { ExitCode } from '../../adapters/operator-cli/command.ts';
import { idOfGiven, refuseOtherScope } from '../../adapters/operator-cli/guards-module.ts';
import { type CommandLineOptions, runCommandLine } from '../../adapters/operator-cli/run-command.ts';
import { whyUnusable } from '../../adapters/service-bus/service-bus-errors.ts';
import { logTo } from '../../adapters/telemetry/stdout-log.ts';
import { readLayout } from '../../application/layout/layout-check.ts';
import { isNamedByIdOf, scopeInPlaceOf } from '../../application/layout/word-for-operators.ts';
import { buildContainer } from '../composition/container.ts';
import { logSettingsOf } from '../composition/settings/log-settings.ts';
import { Token } from '../composition/tokens.ts';
import { operationsOf } from './operations.ts';
import { operatorSettings } from './operator-settings.ts';

export interface IsbOptions extends Pick<CommandLineOptions, 'args' | 'stdin' | 'stdout' | 'stderr' | 'signal'> {
  readonly env: Environment;
}

/** One run of `isb`: its exit code, once everything that it connected to is closed again. */
export async function runIsb({ env, ...line }: IsbOptions): Promise<ExitCode> {
  const settings = logSettingsOf(env);
  // On a terminal, what was done to thousands of messages is a figure; where the log is kept, it is a line each.
  const level = line.stderr.isTTY && env['LOG_LEVEL'] === undefined ? 'warn' : settings.level;
  const log = logTo(line.stderr, { ...settings, level });
  let close = async () => {};
  let target = '';
  try {
    return await runCommandLine({
      ...line,
      parseDuration,
      operations: async (options) => {
        const chosen = operatorSettings(options, env);
        const container = buildContainer(chosen.config, log);
        close = () => container.get(Token.serviceBus).close();
        target = chosen.config.queueName;
        // Where the locks are, whatever the settings say. Whoever looks only writes no marker.
        const { lockScope, lockLayout: layout } = chosen.config;
        const markers = container.get(Token.markerStore);
        const look = () => readLayout(markers, lockScope);
        // The first request of a process waits for what it loads, too: that can take longer than an answer may.
        const marker = (await look().catch(look)) ?? { layout };
        const isNamed = await isNamedByIdOf(markers, lockScope);
        if (!chosen.isScopeGiven) refuseOtherScope(lockScope, await scopeInPlaceOf(markers, lockScope));
        return operationsOf(container, chosen, options, { marker, idOf: await idOfGiven(options, isNamed) });
      },
      unreachable: (error) => whyUnusable(target, error),
    });
  } finally {
    await close();
  }
}
