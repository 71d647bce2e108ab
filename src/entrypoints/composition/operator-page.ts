import type { Access } from '../../adapters/http/operator-page/access.ts';
import { OperatorPage } from '../../adapters/http/operator-page/page.ts';
import { OptionValues } from '../../adapters/operator-cli/command.ts';
import type { HostedSource } from '../../adapters/service-bus/source.ts';
import { deadLettersOf, pathOf } from '../../adapters/service-bus/source-entity.ts';
import type { Log } from '../../adapters/telemetry/log.ts';
import { seconds } from '../../domain/time.ts';
import { operationsOf } from '../operator/operations.ts';
import type { Config } from './config.ts';
import type { OpenParts } from './lock-container.ts';
import { Token } from './tokens.ts';

export interface OperatorPageParts {
  readonly access: Access;
  readonly sources: readonly [PagedSource, ...PagedSource[]];
  readonly log: Log;
  readonly shutdown: AbortSignal;
  /** Where it is served, by a host that ends processes as it likes. Default: at the root, by a process that stays. */
  readonly base?: string;
  /** Whether asking the store costs nothing. */
  readonly isLocal?: boolean;
}

type PagedSource = Pick<HostedSource, 'entity' | 'scope' | 'idOf'>;

/** The page of operators over what the container holds. From now on it is told of what happens to locks. */
export function operatorPageOf(
  parts: OpenParts,
  config: Config,
  { access, sources: [first, ...others], log, shutdown, base = '', isLocal = false }: OperatorPageParts,
): OperatorPage {
  const source = ({ entity, scope, idOf }: PagedSource) => {
    const paged = { ...config, queueName: pathOf(entity), lockScope: scope };
    const settings = { config: paged, source: deadLettersOf(entity), dropsDuplicates: undefined };
    const operations = (who: string) =>
      operationsOf(parts, settings, new OptionValues({ who }, () => undefined), { idOf });
    return { name: paged.queueName, scope, operations };
  };
  const page = new OperatorPage({
    base,
    access,
    sources: [source(first), ...others.map(source)],
    lockTtlMs: config.lockTtlMs,
    listEveryMs: seconds(isLocal ? 2 : 10),
    isResident: base === '',
    shutdown,
    log,
  });
  const events = page.alsoTold(parts.get(Token.lockEvents));
  parts.rebind(Token.lockEvents).toConstantValue(events);
  return page;
}
