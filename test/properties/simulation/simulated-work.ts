import { InMemoryFencedStore } from '../../../src/adapters/in-memory/in-memory-fenced-store.ts';
import type { Clock } from '../../../src/application/ports/clock.ts';
import type { Fence } from '../../../src/application/ports/fenced-store.ts';
import type { HandlerContext, MessageHandler } from '../../../src/application/ports/message-handler.ts';
import { PermanentFailure, StepInterrupted, StepNotDone } from '../../../src/domain/step-errors.ts';
import { durationMs } from '../../../src/domain/time.ts';
import { judgeBeginning } from '../../support/judge.ts';
import type { AuditedLocks } from './audited-locks.ts';
import type { Life } from './life.ts';
import { type StepPlan, stepNames } from './plan.ts';
import type { Timeline } from './timeline.ts';

/** Work of several steps, each of which makes a fenced effect, and which judges whether it may be done. */
export class SimulatedWork {
  readonly #effects = new InMemoryFencedStore();
  readonly #plan: readonly StepPlan[];
  readonly #locks: AuditedLocks;
  readonly #life: Life;
  readonly #timeline: Timeline;
  /** The greatest token, and its owner, that each step's effect was accepted from. */
  readonly #accepted = new Map<string, Fence>();

  constructor(plan: readonly StepPlan[], locks: AuditedLocks, life: Life, timeline: Timeline) {
    this.#plan = plan;
    this.#locks = locks;
    this.#life = life;
    this.#timeline = timeline;
  }

  /** The work as an instance with this clock does it. It returns its owner. */
  handler(clock: Clock): MessageHandler {
    return async (message, context) => {
      const { owner } = context;
      this.#life.starts(owner);
      try {
        const { lock } = this.#locks;
        const value = message.content.kind === 'json' ? message.content.value : undefined;
        if (lock?.record.owner === owner && lock.record.fingerprint !== `jcs1:${value}`) {
          this.#locks.wrong(`${owner} works on content ${value}, but the lock is for ${lock.record.fingerprint}`);
        }
        for (const [position, plan] of this.#plan.entries()) await this.#step(position, plan, context, clock);
        this.#life.returns(owner);
        return owner;
      } finally {
        this.#life.stops(owner);
      }
    };
  }

  async #step(position: number, plan: StepPlan, context: HandlerContext, clock: Clock): Promise<void> {
    const name = stepNames[position] ?? '';
    const { owner, attempt, step } = context;
    try {
      const done = await step(
        name,
        async ({ fencingToken, signal }) => {
          this.#begins(position, plan, context);
          await clock.sleep(durationMs(plan.ms), plan.ignoresSignal ? undefined : signal);
          this.#fail(position, plan, attempt);
          await this.#makeEffect(name, { fencingToken, owner });
          return owner;
        },
        { atMostOnce: plan.atMostOnce },
      );
      if (JSON.stringify(done) !== this.#life.resultOf(position) && this.#locks.lock?.record.owner === owner) {
        this.#locks.wrong(`${owner} is told that ${name} was done by ${done}`);
      }
    } catch (error) {
      if (!(error instanceof StepInterrupted)) throw error; // what may be done is done, here
    }
  }

  #begins(position: number, { atMostOnce }: StepPlan, { owner, attempt, fencingToken }: HandlerContext): void {
    const name = stepNames[position] ?? '';
    const who = `${owner} begins ${name}`;
    this.#timeline.tell(owner.slice(0, 1), `${who}, attempt ${attempt}, token ${fencingToken}`);
    const { lock } = this.#locks;
    const wrong = (what: string) => this.#locks.wrong(`${who}, ${what}`);
    const sinceLastWriteMs = this.#locks.sinceLastWrite(owner);
    const isFinished = this.#life.isFinished(position);
    const beginning = { owner, step: name, fencingToken, sinceLastWriteMs, isFinished, slowness: slowestClock };
    for (const what of judgeBeginning(lock, beginning)) this.#locks.wrong(what);
    const begunBy = this.#life.begunBy(position);
    if (atMostOnce && begunBy !== undefined) wrong(`which runs at most once and was begun by ${begunBy}`);
    if (atMostOnce && lock?.record.steps[position]?.status !== 'started') wrong('whose beginning is not stored');
    this.#life.begins(position, owner);
  }

  #fail(position: number, { isPermanent, failTimes, knowsNotDone, atMostOnce }: StepPlan, attempt: number): void {
    if (attempt > failTimes) return;
    if (isPermanent) throw new PermanentFailure('for good, as planned');
    if (!knowsNotDone) throw new Error('as planned');
    if (atMostOnce) this.#life.isNotDone(position);
    throw new StepNotDone('not done, as planned');
  }

  async #makeEffect(name: string, fence: Fence): Promise<void> {
    const accepted = this.#accepted.get(name);
    const result = await this.#effects.put(name, { bytes: Buffer.from(fence.owner), contentType: 'text/plain' }, fence);
    const { owner, fencingToken } = fence;
    this.#timeline.tell(owner.slice(0, 1), `${owner} makes the effect of ${name}: ${result}`);
    if (result === 'stored') {
      if (accepted !== undefined && accepted.fencingToken > fencingToken) {
        this.#locks.wrong(`the effect ${name} is accepted from ${owner} after a greater token`);
      }
      this.#accepted.set(name, fence);
    }
    const isOwner = this.#locks.lock?.record.owner === owner;
    const isTie = accepted !== undefined && secondOf(accepted.fencingToken) === secondOf(fencingToken);
    if (result === 'refused' && isOwner && !isTie) {
      this.#locks.wrong(`the effect ${name} of ${owner}, which owns, is refused`);
    }
  }

  /** What of the work must have been done by now, if it is completed. */
  get missing(): readonly string[] {
    return stepNames
      .slice(0, this.#plan.length)
      .filter((name, position) => this.#plan[position]?.atMostOnce !== true && !this.#accepted.has(name));
  }
}

/** The error of the slowest clock's rate. */
const slowestClock = 0.0003;

/** A lock that was created anew in the same second can be refused once: tokens grow with the store's seconds. */
const secondOf = (token: number): number => Math.floor(token / 1000);
