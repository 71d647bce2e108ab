import { holdsSecret } from '../../application/without-secrets.ts';
import { type DurationMs, seconds } from '../../domain/time.ts';
import { durationText, parseDuration } from './duration.ts';
import { nodeProblems } from './node-version.ts';
import { isConnectionSetting } from './setting-names.ts';
import { shownValue } from './shown-value.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The values from `least` to `most`, both included. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** What of a setting's own range the other settings leave: the value `least` of its own can be permitted beside that. */
export type Narrow = (name: string, own: Range) => Range;

interface Problem {
  readonly name: string;
  readonly text: (narrow: Narrow) => string;
}

/** Reads settings one by one and collects what is wrong with them, so that all of it can be told at once. */
export class Settings {
  readonly #environment: Environment;
  readonly #problems: Problem[] = [];
  readonly #nodeVersion: string;

  constructor(environment: Environment, nodeVersion: string = process.versions.node) {
    this.#environment = environment;
    this.#nodeVersion = nodeVersion;
  }

  /** What is wrong, a sentence each: Node, then settings in the order of reading, with the ranges that `narrow` leaves. */
  problems(narrow: Narrow = (_name, own) => own): readonly string[] {
    return [...nodeProblems(this.#nodeVersion), ...this.#problems.map(({ text }) => text(narrow))];
  }

  /** The names of the settings that something is wrong with. */
  get bad(): ReadonlySet<string> {
    return new Set(this.#problems.map(({ name }) => name));
  }

  /** Notes that something is wrong with a setting, in a sentence that names it. */
  addProblem(name: string, sentence: string): void {
    this.#problems.push({ name, text: () => sentence });
  }

  /** `name`, and whatever starts with it and "__", in the spellings of the environment that are set. */
  namesOf(name: string): readonly string[] {
    const isOf = (spelling: string) => /^(?:__|:|$)/.test(spelling.slice(name.length));
    return Object.keys(this.#environment).filter(
      (spelling) =>
        spelling.toLowerCase().startsWith(name.toLowerCase()) && isOf(spelling) && this.#environment[spelling],
    );
  }

  /** What follows `name__`, in lower case, with the whole name in the spelling of the environment. */
  membersOf(name: string): ReadonlyMap<string, string> {
    return new Map(
      this.namesOf(name)
        .map((spelling): [string, string] => [
          spelling
            .slice(name.length)
            .replace(/^(?:__|:)/, '')
            .toLowerCase(),
          spelling,
        ])
        .filter(([member]) => member !== ''),
    );
  }

  /** A text that is a secret or may hold one, as it is; undefined if it is not set. */
  secret(name: string): string | undefined {
    return this.#raw(name);
  }

  /** A text, or undefined if it is not set. */
  optional(name: string): string | undefined {
    return this.#given(name);
  }

  /** A text that matches `pattern`, which `rule` says in words. */
  matching(name: string, fallback: string, pattern: RegExp, rule: string): string {
    const value = this.#given(name) ?? fallback;
    if (pattern.test(value)) return value;
    // Of what is not shown, nothing else is said.
    if (!this.bad.has(name)) this.addProblem(name, `${name} is ${shownValue(value)}, but must be ${rule}.`);
    return fallback;
  }

  oneOf<Choice extends string>(name: string, fallback: Choice, choices: readonly Choice[]): Choice {
    const value = this.#given(name) ?? fallback;
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) {
      this.addProblem(name, `${name} is ${shownValue(value)}, but must be one of ${choices.join(', ')}.`);
    }
    return choice ?? fallback;
  }

  integer(name: string, fallback: number, least: number, most: number): number {
    const value = this.#given(name) ?? String(fallback);
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    this.#addRange(name, value, { least, most }, { kind: 'a whole number', textOf: String });
    return fallback;
  }

  /** A duration as below; undefined if it is not set, which turns off what it is for. */
  durationIfSet(name: string, bounds: { least: string; most: string }): DurationMs | undefined {
    return this.#given(name) === undefined ? undefined : this.duration(name, bounds.least, bounds);
  }

  /** A duration as below; undefined if it is turned off by the word `off`. */
  durationOrOff(
    name: string,
    fallback: string,
    bounds: { least: string; most: string; isWhole?: boolean },
  ): DurationMs | undefined {
    return this.#given(name) === 'off' ? undefined : this.duration(name, fallback, bounds, 'off, or ');
  }

  /** An ISO 8601 duration within bounds, which are durations too; `isWhole` asks for whole seconds. */
  duration(
    name: string,
    fallback: string,
    bounds: { least: string; most: string; isWhole?: boolean },
    off = '',
  ): DurationMs {
    const value = this.#given(name) ?? fallback;
    const duration = parseDuration(value);
    const least = parseDuration(bounds.least) ?? seconds(0);
    const most = parseDuration(bounds.most) ?? seconds(Number.POSITIVE_INFINITY);
    const isRight =
      duration !== undefined && duration >= least && duration <= most && !(bounds.isWhole && duration % 1000 !== 0);
    if (isRight) return duration;
    const kind = `${off}an ISO 8601 duration${bounds.isWhole ? ' of whole seconds' : ''}, like ${fallback},`;
    this.#addRange(name, value, { least, most }, { kind, textOf: durationText });
    return parseDuration(fallback) ?? least;
  }

  /** Settings that several readers share. */
  queueName(): string {
    return this.matching('QUEUE_NAME', 'messages', queueNamePattern, queueNameRule);
  }

  maxDeliveryCount(): number {
    return this.integer('MAX_DELIVERY_COUNT', 10, 1, 2000);
  }

  /** How long what is to be used may take to answer for the first time. */
  startupTimeout(): DurationMs {
    return this.duration('STARTUP_TIMEOUT', 'PT30S', { least: 'PT1S', most: 'PT1H' });
  }

  #addRange(
    name: string,
    value: string,
    own: Range,
    { kind, textOf }: { readonly kind: string; readonly textOf: (value: number) => string },
  ): void {
    const text = (narrow: Narrow): string => {
      const { least, most } = narrow(name, own);
      const isNarrowed = least !== own.least || most !== own.most;
      const off = isNarrowed && own.least === 0 && least > 0 ? `${textOf(0)}, or ` : '';
      const others = isNarrowed ? ' beside the other settings' : '';
      return `${name} is ${shownValue(value)}, but must be ${off}${kind} from ${textOf(least)} to ${textOf(most)}${others}.`;
    };
    this.#problems.push({ name, text });
  }

  #given(name: string): string | undefined {
    const value = this.#raw(name);
    if (value === undefined || !holdsSecret(value)) return value;
    this.addProblem(
      name,
      `${name} holds what looks like a key or a token, which is not shown. Set it to what it is for.`,
    );
    return undefined;
  }

  /**
   * An empty text counts as not set: that is how many tools pass a variable on that nobody set. White space around a value is
   * what files and copying leave there. The names of connections are found in any case, as the Functions host finds them.
   */
  #raw(name: string): string | undefined {
    const spelling =
      this.#environment[name] || !isConnectionSetting(name)
        ? name
        : Object.keys(this.#environment).find(
            (each) => each.replaceAll(':', '__').toLowerCase() === name.toLowerCase() && this.#environment[each],
          );
    return this.#environment[spelling ?? name]?.trim() || undefined;
  }
}

/** Source: Microsoft, "Naming rules and restrictions for Azure resources", Microsoft.ServiceBus, namespaces / queues. */
export const queueNamePattern: RegExp = /^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,258}[A-Za-z0-9])?$/;
export const queueNameRule = 'like a queue name: 1 to 260 letters, digits, periods, hyphens, underscores and slashes';
