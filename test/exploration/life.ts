import type { Fence } from '../../src/application/ports/fenced-store.ts';
import type { OwnerId } from '../../src/domain/owner.ts';
import { PermanentFailure, StepInterrupted } from '../../src/domain/step-errors.ts';
import { durationMs } from '../../src/domain/time.ts';
import { delivery } from '../support/deliveries.ts';
import { returned, stepNames } from './lock-ledger.ts';
import { type Ending, Process } from './process.ts';
import { leaveUnanswered, type Open, Outbox, type Request } from './requests.ts';

/** What can happen to a process. Its requests and sleepers are named by their places. */
export type Happening =
  | { readonly kind: 'delivered'; readonly message: number; readonly isAgain: boolean }
  | { readonly kind: 'answered'; readonly request: number; readonly answer: unknown }
  | { readonly kind: 'unanswered'; readonly request: number }
  | { readonly kind: 'woken'; readonly sleeper: number };

/** What happened, when, and what chance gave: all that a process learns from outside. Times are its own. */
export interface Lesson {
  readonly at: number;
  readonly luck: number;
  readonly happening: Happening;
}

/** What is to be seen of a process from outside while it waits. */
export interface Situation {
  readonly open: readonly Request[];
  /** When each of its sleepers is due. */
  readonly due: readonly number[];
  readonly endings: readonly (Ending | undefined)[];
  /** What it did since it last waited. */
  readonly deeds: readonly Deed[];
}

export type Deed =
  | { readonly kind: 'begins'; readonly step: string; readonly fence: Fence }
  | { readonly kind: 'ends' | 'returns'; readonly owner: OwnerId }
  /** The work was told that this step is done. */
  | { readonly kind: 'finishes'; readonly step: string }
  | { readonly kind: 'tells'; readonly what: string };

/** The work, and the world of one process. */
export interface LifeOptions {
  readonly wallOffset: number;
  readonly steps: number;
  readonly stepMs: number;
  readonly failsOnce: boolean;
  /** Whether each step runs at most once. One that was interrupted, and is not answered, fails the message. */
  readonly atMostOnce: boolean;
  readonly keepsCompleted: boolean;
}

/**
 * What a process has learnt, in order, and what it does next. That follows from what it learnt, so it is run once, by the real
 * code, and remembered: whoever learns the same lives on in the same way.
 *
 * The process itself is kept for a while, so that it goes on when it learns more. If it has been used up, or forgotten, another
 * one is told all that it learnt from the start.
 */
export class Life {
  readonly situation: Situation;
  /** Of those that were remembered, which one this is. */
  readonly id: number;
  readonly #lives: Lives;
  readonly #before: Life | undefined;
  readonly #lesson: Lesson | undefined;
  readonly #next = new Map<string, Life>();
  /** Whether it tried its luck when it learnt its last lesson. */
  #isLucky = false;

  constructor(lives: Lives, situation: Situation, before?: { life: Life; lesson: Lesson; isLucky: boolean }) {
    this.id = lives.count;
    lives.count += 1;
    this.#lives = lives;
    this.situation = situation;
    this.#before = before?.life;
    this.#lesson = before?.lesson;
    this.#isLucky = before?.isLucky ?? false;
  }

  /** How it goes on from here, having learnt `lesson`. */
  async after(lesson: Lesson): Promise<Life> {
    const { at, luck, happening } = lesson;
    const text = JSON.stringify([at, happening]);
    const known = this.#next.get(text);
    if (known !== undefined && (!known.#isLucky || known.#lesson?.luck === luck)) return known;
    const unlucky = `${luck} ${text}`;
    const knownUnlucky = known && this.#next.get(unlucky);
    if (knownUnlucky !== undefined) return knownUnlucky;
    const actor = await this.#actor();
    const { situation, isLucky } = await actor.learn(lesson);
    const life = new Life(this.#lives, situation, { life: this, lesson, isLucky });
    this.#next.set(known === undefined ? text : unlucky, life);
    this.#lives.keep(life, actor);
    return life;
  }

  /** A process that has learnt all this. */
  async #actor(): Promise<Actor> {
    const kept = this.#lives.take(this);
    if (kept !== undefined) return kept;
    const actor = new Actor(this.#lives.options);
    const lessons: Lesson[] = [];
    for (let life: Life = this; life.#before !== undefined; life = life.#before) {
      if (life.#lesson !== undefined) lessons.unshift(life.#lesson);
    }
    let situation: Situation | undefined;
    for (const lesson of lessons) situation = (await actor.learn(lesson)).situation;
    if (situation !== undefined && JSON.stringify(situation) !== JSON.stringify(this.situation)) {
      throw new Error('A process that learnt the same did something else.');
    }
    return actor;
  }
}

/** All lives that processes with the same work have led so far. */
export class Lives {
  readonly options: LifeOptions;
  count = 0;
  readonly start: Life;
  readonly #actors = new Map<Life, Actor>();

  constructor(options: LifeOptions) {
    this.options = options;
    this.start = new Life(this, { open: [], due: [], endings: [], deeds: [] });
  }

  take(life: Life): Actor | undefined {
    const actor = this.#actors.get(life);
    this.#actors.delete(life);
    return actor;
  }

  keep(life: Life, actor: Actor): void {
    this.#actors.set(life, actor);
    const [oldest] = this.#actors.keys();
    if (this.#actors.size > mostActors && oldest !== undefined) this.#actors.delete(oldest);
  }
}

const mostActors = 200;

/** A process that is told what happens, one thing after another. */
class Actor {
  readonly #process: Process;
  readonly #open: Open[] = [];
  readonly #outbox: Outbox;
  #deeds: Deed[] = [];
  #at = 0;
  #luck = 0;
  #isLucky = false;

  constructor({ wallOffset, steps, stepMs, failsOnce, atMostOnce, keepsCompleted }: LifeOptions) {
    this.#outbox = new Outbox('me', () => this.#at, this.#open);
    const process: Process = new Process({
      name: 'me',
      store: this.#outbox.store,
      now: () => this.#at,
      wallOffset,
      random: () => {
        this.#isLucky = true;
        return this.#luck;
      },
      handler: async (_, { step, owner, attempt, signal }) => {
        for (const name of stepNames.slice(0, steps)) {
          const work = async ({ fencingToken }: Pick<Fence, 'fencingToken'>) => {
            await this.#step(name, { fencingToken, owner }, () => process.clock.sleep(durationMs(stepMs), signal));
          };
          await step(name, work, { atMostOnce }).catch((error) => {
            throw error instanceof StepInterrupted ? new PermanentFailure(error.message) : error;
          });
          this.#deeds.push({ kind: 'finishes', step: name });
        }
        if (failsOnce && attempt === 1) throw new Error('The first attempt fails.');
        this.#deeds.push({ kind: 'returns', owner });
        return returned;
      },
      keepsCompleted,
      tell: (what) => this.#deeds.push({ kind: 'tells', what }),
    });
    this.#process = process;
  }

  async learn({ at, luck, happening }: Lesson): Promise<{ situation: Situation; isLucky: boolean }> {
    this.#at = at;
    this.#luck = luck;
    this.#isLucky = false;
    this.#deeds = [];
    this.#happen(happening);
    await turnOfTheEventLoop();
    const situation = {
      open: this.#open.map(({ request }) => request),
      due: this.#process.sleepers.map(({ dueAt }) => dueAt),
      endings: [...this.#process.endings],
      deeds: this.#deeds,
    };
    return { situation, isLucky: this.#isLucky };
  }

  #happen(happening: Happening): void {
    switch (happening.kind) {
      case 'delivered': {
        const physical = { sequenceNumber: String(happening.message), enqueuedTime: '2024-01-01T00:00:00.000Z' };
        this.#process.start(delivery({ deliveryCount: happening.isAgain ? 2 : 1, physical }));
        return;
      }
      case 'answered':
        this.#closed(happening.request).resolve(happening.answer);
        return;
      case 'unanswered':
        leaveUnanswered(this.#closed(happening.request));
        return;
      case 'woken':
        this.#process.sleepers[happening.sleeper]?.wake();
        return;
    }
  }

  #closed(place: number): Open {
    const [open] = this.#open.splice(place, 1);
    if (open === undefined) throw new Error('Nobody waits for this answer.');
    return open;
  }

  async #step(name: string, fence: Fence, wait: () => Promise<void>): Promise<void> {
    this.#deeds.push({ kind: 'begins', step: name, fence });
    try {
      await wait();
      await this.#outbox.effect(name, fence);
    } finally {
      this.#deeds.push({ kind: 'ends', owner: fence.owner });
    }
  }
}

/** Enough for all that waits for nothing from outside. */
const turnOfTheEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
