import type { IdOf } from '../../application/content/id-of.ts';
import type { MessageHandler } from '../../application/ports/message-handler.ts';
import { scopeProblems, sourceProblems } from '../../application/settings/source-problems.ts';
import type { ProtocolSettings } from '../../application/start-up-proof.ts';
import { entityText, pathOf, type SourceEntity } from './source-entity.ts';

/** A queue or a subscription of a topic, and what is done with its messages. */
export type Source = SourceEntity & {
  readonly handler: MessageHandler;
  /** Whether its messages are in sessions: those of one are done in their order, one after another. */
  readonly sessions?: boolean;
  /** How many messages, or sessions, are worked on at once. Default: MAX_CONCURRENT_CALLS. */
  readonly concurrency?: number;
  /** The folder of the locks. Default: the path of the queue or subscription, in lower case. */
  readonly scope?: string;
  /** What a message is known by, in the place of its own ID. */
  readonly idOf?: IdOf;
  /** What the queue or subscription is set to. Default: MAX_DELIVERY_COUNT. */
  readonly maxDeliveryCount?: number;
};

/** A source with all that was left out. */
export interface HostedSource {
  readonly entity: SourceEntity;
  readonly sessions: boolean;
  readonly concurrency: number;
  readonly scope: string;
  readonly idOf: IdOf | undefined;
  readonly maxDeliveryCount: number;
  /** Default: that of the container. */
  readonly handler: MessageHandler | undefined;
}

/** Whether HTTP is served, and for which source: its path, `orders`. */
export type HttpOption = false | { readonly source: string };

/** The source that HTTP submits to; undefined for none; or what is wrong with what was asked for. */
export function httpSource(
  sources: readonly Source[],
  http: HttpOption | undefined,
): Source | undefined | { readonly problem: string } {
  if (http === false) return undefined;
  const queues = sources.filter((source) => 'queueName' in source && source.sessions !== true);
  const names = queues.map((source) => JSON.stringify(pathOf(source))).join(', ') || 'none';
  if (http === undefined) {
    const [only] = queues;
    if (sources.length === 1 && only !== undefined) return only;
    return { problem: `http is not set. Set it to false, or to { source } with a queue without sessions: ${names}.` };
  }
  const found = queues.find((source) => pathOf(source).toLowerCase() === http.source.toLowerCase());
  return (
    found ?? {
      problem: `http.source is ${JSON.stringify(http.source)}, but must be a queue without sessions: ${names}.`,
    }
  );
}

export const hostedSource = (
  { handler, sessions = false, concurrency, scope, idOf, maxDeliveryCount, ...entity }: Source,
  config: Pick<ProtocolSettings, 'maxDeliveryCount'> & { readonly maxConcurrentCalls: number },
): HostedSource => ({
  entity,
  sessions,
  concurrency: concurrency ?? config.maxConcurrentCalls,
  scope: scope ?? pathOf(entity).toLowerCase(),
  idOf,
  maxDeliveryCount: maxDeliveryCount ?? config.maxDeliveryCount,
  handler,
});

/** Why these sources could not keep the promises, a sentence each. */
export function problemsOf(sources: readonly Source[], config: ProtocolSettings | undefined): readonly string[] {
  const proved = sources.map((source) => {
    const { concurrency = 1, maxDeliveryCount } = source;
    const isCount = Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 1000;
    return {
      entity: { path: pathOf(source), text: `the ${entityText(source)}`, connection: 'ServiceBusConnection' },
      scope: source.scope ?? pathOf(source).toLowerCase(),
      maxDeliveryCount,
      idOf: source.idOf,
      problems: isCount ? [] : [`concurrency is ${concurrency}, but must be a whole number from 1 to 1000.`],
    };
  });
  return [
    ...(sources.length === 0 ? ['There are no sources.'] : []),
    ...proved.flatMap((source) => sourceProblems(source, config)),
    ...scopeProblems(proved),
    ...repeated(proved.map(({ entity }) => entity.text)).map((text) => `The source ${text} is there twice.`),
  ];
}

const repeated = (texts: readonly string[]): readonly string[] => [
  ...new Set(texts.filter((text, index) => texts.indexOf(text) !== index)),
];
