import { type DurationMs, seconds } from '../../domain/time.ts';
import { parseDuration } from './duration.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads settings one by one and collects what is wrong with them, so that all of it can be told at once. */
export class Settings {
  readonly problems: string[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** A text, or undefined if it is not set. */
  optional(name: string): string | undefined {
    return this.#given(name);
  }

  /** A text that matches `pattern`, which `rule` says in words. */
  matching(name: string, fallback: string, pattern: RegExp, rule: string): string {
    const value = this.#given(name) ?? fallback;
    if (!pattern.test(value)) this.problems.push(`${name} is "${value}", but must be ${rule}.`);
    return value;
  }

  oneOf<Choice extends string>(name: string, fallback: Choice, choices: readonly Choice[]): Choice {
    const value = this.#given(name) ?? fallback;
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) this.problems.push(`${name} is "${value}", but must be one of ${choices.join(', ')}.`);
    return choice ?? fallback;
  }

  integer(name: string, fallback: number, least: number, most: number): number {
    const value = this.#given(name) ?? String(fallback);
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    this.problems.push(`${name} is "${value}", but must be a whole number from ${least} to ${most}.`);
    return fallback;
  }

  /** A duration as below; undefined if it is not set, which turns off what it is for. */
  durationIfSet(name: string, bounds: { least: string; most: string }): DurationMs | undefined {
    return this.#given(name) === undefined ? undefined : this.duration(name, bounds.least, bounds);
  }

  /** An ISO 8601 duration within bounds, which are durations too; `isWhole` asks for whole seconds. */
  duration(name: string, fallback: string, bounds: { least: string; most: string; isWhole?: boolean }): DurationMs {
    const value = this.#given(name) ?? fallback;
    const duration = parseDuration(value);
    const least = parseDuration(bounds.least) ?? seconds(0);
    const most = parseDuration(bounds.most) ?? seconds(Number.POSITIVE_INFINITY);
    const isRight =
      duration !== undefined && duration >= least && duration <= most && !(bounds.isWhole && duration % 1000 !== 0);
    if (isRight) return duration;
    const whole = bounds.isWhole ? ' of whole seconds' : '';
    this.problems.push(
      `${name} is "${value}", but must be an ISO 8601 duration${whole} from ${bounds.least} to ${bounds.most}, like ${fallback}.`,
    );
    return parseDuration(fallback) ?? least;
  }

  /** Settings that several readers share. */
  queueName(): string {
    return this.matching('QUEUE_NAME', 'messages', queueNamePattern, queueNameRule);
  }

  maxDeliveryCount(): number {
    return this.integer('MAX_DELIVERY_COUNT', 10, 1, 2000);
  }

  /** An empty text counts as not set: that is how many tools pass a variable on that nobody set. */
  #given(name: string): string | undefined {
    const value = this.#environment[name];
    return value === '' ? undefined : value;
  }
}

/** Source: Microsoft, "Naming rules and restrictions for Azure resources", Microsoft.ServiceBus, namespaces / queues. */
export const queueNamePattern: RegExp = /^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,258}[A-Za-z0-9])?$/;
export const queueNameRule = 'like a queue name: 1 to 260 letters, digits, periods, hyphens, underscores and slashes';
