import { type ProtocolSettings, proveSettings } from '../start-up-proof.ts';

/** A queue or subscription whose messages are guarded. */
export interface GuardedEntity {
  /** Its path, as the broker has it: `orders`, or `invoices/subscriptions/billing`. */
  readonly path: string;
  /** For people: "the queue orders". */
  readonly text: string;
  readonly connection: string;
}

/** What of a guarded source another one must not contradict. */
export interface ProvedSource {
  readonly entity: GuardedEntity;
  readonly scope: string;
  readonly maxDeliveryCount: number | undefined;
  readonly idOf?: unknown;
  readonly problems: readonly string[];
}

/** Why one guarded source could not keep a promise, a sentence each, with its name. */
export function sourceProblems(
  { entity, scope, maxDeliveryCount, problems }: ProvedSource,
  settings: ProtocolSettings | undefined,
): string[] {
  const own = [...problems];
  if (!scopePattern.test(scope)) own.push(`scope is ${JSON.stringify(scope)}, but must be ${scopeRule}.`);
  if (maxDeliveryCount !== undefined && !(Number.isInteger(maxDeliveryCount) && maxDeliveryCount >= 1)) {
    own.push(`maxDeliveryCount is ${maxDeliveryCount}, but must be a whole number from 1: what the queue is set to.`);
  } else if (maxDeliveryCount !== undefined && settings !== undefined) {
    const { violations } = proveSettings({ ...settings, maxDeliveryCount });
    own.push(...violations.flatMap((text) => (text.includes(name) ? text.replaceAll(name, 'maxDeliveryCount') : [])));
  }
  return own.map((sentence) => `The guard of ${entity.text}: ${sentence}`);
}

const name = 'MAX_DELIVERY_COUNT';

/** What a queue can be called, which the default scope is. */
export const scopePattern: RegExp = /^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,258}[A-Za-z0-9])?$/;
export const scopeRule = '1 to 260 letters, digits, periods, hyphens, underscores and slashes';

/** Two sources that share a scope share locks, and so have to be one: the same queue, known by the same IDs. */
export function scopeProblems(sources: readonly ProvedSource[]): string[] {
  // Not by Map.groupBy: an old Node has to come as far as saying that it is too old.
  return [...new Set(sources.map(({ scope }) => scope))].flatMap((scope) => {
    const [first, ...others] = sources.filter((source) => source.scope === scope);
    return others.flatMap((other) => {
      const how = first === undefined ? undefined : difference(first, other);
      return how === undefined ? [] : [`The scope "${scope}" is used twice: ${how}`];
    });
  });
}

function difference(one: ProvedSource, other: ProvedSource): string | undefined {
  const text = ({ entity }: ProvedSource) => `${entity.text} (connection ${entity.connection})`;
  const isSame = one.entity.path.toLowerCase() === other.entity.path.toLowerCase();
  if (!isSame || one.entity.connection !== other.entity.connection) {
    return `by ${text(one)} and ${text(other)}. Their messages would share locks: give each a scope of its own.`;
  }
  if (one.maxDeliveryCount !== other.maxDeliveryCount || one.idOf !== other.idOf) {
    return `by two functions of ${text(one)} that differ in maxDeliveryCount or idOf. Make them equal.`;
  }
  return undefined;
}
