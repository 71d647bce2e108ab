import { type DurationMs, seconds } from '../domain/time.ts';
import type { Clock } from './ports/clock.ts';
import { within } from './time/deadline.ts';

/** Something that this process cannot work without. */
export interface Dependency<Name extends string = string> {
  readonly name: Name;
  /** Resolves when it has answered. */
  reach(): Promise<unknown>;
}

export type Reached = 'reached' | 'not-reached';

/** What was found of each dependency, by its name. */
export type Health<Name extends string> = Readonly<Record<Name, Reached>>;

export interface CheckHealthOptions {
  /** How long one check waits for an answer. */
  readonly limitMs?: DurationMs;
  /** Is told why something was not reached. */
  readonly onNotReached?: (name: string, cause: unknown) => void;
}

/**
 * Asks every dependency whether it answers. However often it is asked itself, it asks them once a second at most: asking for
 * the health of a service must not be a way to harm it.
 */
export class CheckHealth<Name extends string> {
  readonly #dependencies: readonly Dependency<Name>[];
  readonly #clock: Clock;
  readonly #limitMs: DurationMs;
  readonly #onNotReached: (name: string, cause: unknown) => void;
  #last: { readonly health: Promise<Health<Name>>; readonly startedAt: number } | undefined;

  constructor(
    dependencies: readonly Dependency<Name>[],
    clock: Clock,
    { limitMs = seconds(3), onNotReached = () => undefined }: CheckHealthOptions = {},
  ) {
    this.#dependencies = dependencies;
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#onNotReached = onNotReached;
  }

  /** Never rejects. */
  run(): Promise<Health<Name>> {
    const now = this.#clock.monotonic();
    if (this.#last === undefined || now - this.#last.startedAt >= shortestIntervalMs) {
      this.#last = { health: this.#check(), startedAt: now };
    }
    return this.#last.health;
  }

  async #check(): Promise<Health<Name>> {
    const found = await Promise.all(
      this.#dependencies.map(async (dependency) => [dependency.name, await this.#ask(dependency)] as const),
    );
    return Object.fromEntries(found) as Health<Name>;
  }

  async #ask({ name, reach }: Dependency<Name>): Promise<Reached> {
    try {
      const answer = await within(this.#clock, this.#limitMs, reach());
      if (answer === 'late') throw new Error(`No answer within ${this.#limitMs} ms.`);
      return 'reached';
    } catch (cause) {
      this.#onNotReached(name, cause);
      return 'not-reached';
    }
  }
}

const shortestIntervalMs = seconds(1);
