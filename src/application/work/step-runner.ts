import type { Jsonified } from '../../domain/jsonified.ts';
import { stepBytes } from '../../domain/lock-document.ts';
import type { Step } from '../../domain/step.ts';
import {
  StepInterrupted,
  StepNotDone,
  StepOrderError,
  StepUsageError,
  UnstorableResultError,
} from '../../domain/step-errors.ts';
import { idempotencyKey, isStepName, recall, withStep } from '../../domain/steps-journal.ts';
import type { WorkKey } from '../../domain/work-key.ts';
import type { LockSession } from '../lock/lock-session.ts';
import type { RunStep, StepContext, StepOptions } from '../ports/message-handler.ts';
import { resultText, resultValue } from './stored-result.ts';

type StepWork = (step: StepContext) => unknown;

/** Runs the steps of one execution's work, one after another, and gives those that are done already their stored results. */
export class StepRunner {
  readonly #lock: LockSession;
  readonly #key: WorkKey;
  /** The time, for people. */
  readonly #timestamp: () => string;
  readonly #occurrences = new Map<string, number>();
  #steps: readonly Step[];
  #position = 0;
  #bytes: number;
  #running: { readonly name: string; readonly end: Promise<unknown> } | undefined;
  #overlap: StepUsageError | undefined;
  #isOver = false;

  constructor(lock: LockSession, key: WorkKey, timestamp: () => string) {
    this.#lock = lock;
    this.#key = key;
    this.#timestamp = timestamp;
    this.#steps = lock.record.steps;
    this.#bytes = lock.record.steps.reduce((bytes, step) => bytes + stepBytes(step), 0);
  }

  readonly run: RunStep = <Result>(
    name: string,
    work: StepWork,
    options: StepOptions = {},
  ): Promise<Jsonified<Result>> => {
    if (this.#running !== undefined) return this.#refuseOverlap(name, this.#running.name);
    const end = this.#run(name, work, options).finally(() => {
      this.#running = undefined;
    });
    this.#running = { name, end };
    return end as Promise<Jsonified<Result>>;
  };

  /**
   * Resolves when no step is running, those included that the handler did not wait for.
   *
   * @throws what such a step throws; StepUsageError if steps overlapped, since one of them was not done then.
   */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running.end;
    if (this.#overlap !== undefined) throw this.#overlap;
  }

  /** From here on the handler has settled: a step that it still begins belongs to nobody. */
  end(): void {
    this.#isOver = true;
  }

  #checkUse(name: string): void {
    if (!isStepName(name)) {
      throw new StepUsageError(
        `${JSON.stringify(name)} is not a valid step name: use 1 to 100 letters, digits, spaces and _ . / ( ) # + -.`,
      );
    }
    if (this.#isOver) {
      throw new StepUsageError(`The step "${name}" was begun after the handler had returned. Wait for every step.`);
    }
  }

  #refuseOverlap(name: string, running: string): Promise<never> {
    this.#overlap = new StepUsageError(
      `The step "${name}" was begun while "${running}" runs. Wait for each step before the next.`,
    );
    const refused = Promise.reject(this.#overlap);
    refused.catch(() => undefined); // whoever does not wait for it is told by `settled`
    return refused;
  }

  async #run(name: string, work: StepWork, options: StepOptions): Promise<unknown> {
    this.#checkUse(name);
    const position = this.#position;
    const occurrence = (this.#occurrences.get(name) ?? 0) + 1;
    const recalled = recall(this.#steps, position, name);
    if (recalled.kind === 'other') throw new StepOrderError(position, { recorded: recalled.recorded, asked: name });
    this.#position += 1;
    this.#occurrences.set(name, occurrence);
    switch (recalled.kind) {
      case 'finished':
        this.#lock.emit({ kind: 'step-replayed', owner: this.#lock.owner, step: name, position });
        return resultValue(recalled.result);
      case 'interrupted':
        throw new StepInterrupted(name);
      case 'new':
        return this.#lock.span.within({ kind: 'step', name }, () =>
          this.#runNew(name, work, { position, occurrence, atMostOnce: options.atMostOnce === true }),
        );
    }
  }

  async #runNew(
    name: string,
    work: StepWork,
    { position, occurrence, atMostOnce }: { position: number; occurrence: number; atMostOnce: boolean },
  ): Promise<unknown> {
    const { signal, fencingToken } = this.#lock;
    // Its place is taken from here on, however it ends: a step after it must never be recalled as this one.
    this.#note(position, { name, status: 'not-done', result: null });
    await this.#lock.guard();
    if (atMostOnce) await this.#storeBeginning(position, name);
    let result: string | null;
    try {
      const stepKey = idempotencyKey(this.#key, name, occurrence);
      result = resultText(`the step "${name}"`, await work({ signal, fencingToken, idempotencyKey: stepKey }));
    } catch (thrown) {
      const mayBeDone = atMostOnce && !(thrown instanceof StepNotDone);
      if (!mayBeDone) this.#note(position, { name, status: 'not-done', result: null });
      throw thrown;
    }
    await this.#store(position, { name, status: 'finished', result });
    this.#lock.emit({ kind: 'step-done', owner: this.#lock.owner, step: name, position });
    return resultValue(result);
  }

  async #storeBeginning(position: number, name: string): Promise<void> {
    try {
      await this.#store(position, { name, status: 'started', result: null });
      // Right before the work: what was waited for may have outlasted the lock.
      await this.#lock.guard();
    } catch (error) {
      // Whatever is stored, the work has not begun.
      this.#note(position, { name, status: 'not-done', result: null });
      throw error;
    }
  }

  /** If it cannot be written now, the next write takes it along: what is done stays done. */
  async #store(position: number, step: Step): Promise<void> {
    this.#place(position, step);
    await this.#lock.checkpoint(this.#steps, step.status === 'finished');
  }

  /** Needs no write of its own: the next one, the release at the latest, takes it along. */
  #note(position: number, step: Step): void {
    this.#place(position, step);
    this.#lock.note(this.#steps);
  }

  #place(position: number, placed: Step): void {
    const step = { ...placed, at: this.#timestamp() };
    const replaced = this.#steps[position];
    const bytes = this.#bytes + stepBytes(step) - (replaced === undefined ? 0 : stepBytes(replaced));
    if (bytes > largestStepsBytes) {
      throw new UnstorableResultError(
        `With the step "${step.name}" the steps of this message take ${bytes} bytes, but a lock keeps at most ` +
          `${largestStepsBytes}. Return less from each step: store it elsewhere, and return where.`,
      );
    }
    this.#steps = withStep(this.#steps, position, step);
    this.#bytes = bytes;
  }
}

/** The most that all steps may take: of the 256 KB of a lock, the result of the work and what else is in it keep the rest. */
const largestStepsBytes = 160 * 1024;
