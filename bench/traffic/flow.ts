import { quantile } from '../report/statistics.ts';

export interface FlowSummary {
  readonly messages: number;
  /** From the post of a message to its settlement. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly acceptedPerSecond: number;
  readonly completedPerSecond: number;
}

/** Messages on their way from the post to the settlement that completes them. Times are of one process and one clock. */
export class Flow {
  readonly #total: number;
  readonly #postedAt = new Map<string, number>();
  /** Of messages that were completed before the answer to their post was read. */
  readonly #completedAt = new Map<string, number>();
  readonly #tookMs: number[] = [];
  readonly #startedAt = performance.now();
  readonly #ended = Promise.withResolvers<void>();
  #accepted = 0;
  #lastAcceptedAt = 0;
  #lastCompletedAt = 0;
  #completed = 0;
  /** Called when a message is completed. */
  onCompleted: () => void = () => undefined;

  constructor(total: number) {
    this.#total = total;
  }

  accepted(id: string, postedAt: number): void {
    this.#accepted += 1;
    this.#lastAcceptedAt = performance.now();
    const completedAt = this.#completedAt.get(id);
    if (completedAt === undefined) this.#postedAt.set(id, postedAt);
    else this.#tookMs.push(completedAt - postedAt);
    this.#completedAt.delete(id);
    this.#endIfComplete();
  }

  completed(id: string): void {
    const now = performance.now();
    this.#completed += 1;
    this.#lastCompletedAt = now;
    const postedAt = this.#postedAt.get(id);
    if (postedAt === undefined) this.#completedAt.set(id, now);
    else this.#tookMs.push(now - postedAt);
    this.#postedAt.delete(id);
    this.onCompleted();
    this.#endIfComplete();
  }

  /** Resolves when all are accepted and completed. Rejects if none was for `standstillMs`, however long it took until then. */
  async end(standstillMs: number): Promise<FlowSummary> {
    const state = () => `${this.#accepted} messages were accepted and ${this.#completed} completed`;
    let last = state();
    const timer = setInterval(() => {
      if (state() === last)
        this.#ended.reject(new Error(`Of ${this.#total} messages ${last}, and no more in ${standstillMs} ms.`));
      last = state();
    }, standstillMs);
    try {
      await this.#ended.promise;
    } finally {
      clearInterval(timer);
    }
    const perSecond = (until: number) => (this.#total / (until - this.#startedAt)) * 1000;
    return {
      messages: this.#total,
      p50Ms: quantile(this.#tookMs, 0.5),
      p95Ms: quantile(this.#tookMs, 0.95),
      p99Ms: quantile(this.#tookMs, 0.99),
      acceptedPerSecond: perSecond(this.#lastAcceptedAt),
      completedPerSecond: perSecond(this.#lastCompletedAt),
    };
  }

  #endIfComplete(): void {
    if (this.#accepted === this.#total && this.#tookMs.length === this.#total) this.#ended.resolve();
  }
}
