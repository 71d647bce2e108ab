import type { GuardedEntity } from '../../application/settings/source-problems.ts';

/** The options of a trigger, as an app gives them. */
export interface TriggerOptions {
  readonly connection: string;
  readonly queueName?: string | undefined;
  readonly topicName?: string | undefined;
  readonly subscriptionName?: string | undefined;
  readonly cardinality?: unknown;
  readonly autoCompleteMessages?: unknown;
  readonly sdkBinding?: unknown;
  readonly retry?: unknown;
  readonly return?: unknown;
  readonly extraOutputs?: unknown;
}

/** The entity that a trigger names, `%NAME%` replaced by the app setting as the host does; or what is wrong with that. */
export function entityOf(
  { connection, queueName, topicName, subscriptionName }: TriggerOptions,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly entity: GuardedEntity; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const resolved = (option: string, name: unknown): string => {
    if (typeof name !== 'string' || name === '') {
      problems.push(`${option} is not set.`);
      return `(no ${option})`;
    }
    return name.replace(/%([^%]+)%/g, (whole, setting) => {
      const value = environment[setting];
      if (value === undefined || value === '')
        problems.push(`${option} is "${name}", but there is no app setting ${setting}.`);
      return value || whole;
    });
  };
  if (topicName === undefined && subscriptionName === undefined) {
    const path = resolved('queueName', queueName);
    return { entity: { path, text: `the queue ${path}`, connection }, problems };
  }
  const [topic, subscription] = [resolved('topicName', topicName), resolved('subscriptionName', subscriptionName)];
  const text = `the subscription ${subscription} of the topic ${topic}`;
  return { entity: { path: `${topic}/subscriptions/${subscription}`, text, connection }, problems };
}

/**
 * Why a trigger with these options could not keep a promise, a sentence each. What a guard sets itself is not asked about.
 *
 * Source: Microsoft, "Azure Service Bus trigger for Azure Functions", and the host's own rules for retries and outputs.
 */
export function triggerProblems(options: TriggerOptions): string[] {
  const broken = [
    [
      options.cardinality === 'many',
      "cardinality is 'many'. Remove it: of a batch one failure would abandon all, and nobody renews its peek-locks.",
    ],
    [
      options.autoCompleteMessages === false,
      'autoCompleteMessages is false. Remove it: the host completes a message when its work is done, and nobody else can.',
    ],
    [options.sdkBinding === true, 'sdkBinding is true. Remove it: the message would be settled beside its lock.'],
    [options.retry !== undefined, 'retry is set. Remove it: the broker delivers again, and a guard counts by that.'],
    [
      options.return !== undefined || isFilled(options.extraOutputs),
      'it has an output binding (return, extraOutputs). Remove it: the host sends outputs after the work is recorded as done, ' +
        'so a crash in between loses them. Send in a step of the handler instead.',
    ],
  ] as const;
  return broken.filter(([isBroken]) => isBroken).map(([, sentence]) => sentence);
}

const isFilled = (outputs: unknown): boolean => Array.isArray(outputs) && outputs.length > 0;

/** What a guard sets: one message at a time, completed by the host, its body as bytes, so that nothing of it is changed. */
export const guardedTrigger = { cardinality: 'one', autoCompleteMessages: true, dataType: 'binary' } as const;

/**
 * The body as the host and the library would have handed it over without a guard: parsed if it is JSON, else text; as bytes if
 * the app asked for these.
 *
 * Source: @azure/functions, `fromRpcTypedData`.
 */
export function bodyAsUnguarded(body: unknown, dataType: unknown): unknown {
  if (!(body instanceof Uint8Array) || dataType === 'binary' || dataType === 'stream') return body;
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
