import type { Fence } from '../../src/application/ports/fenced-store.ts';
import { type LockStore, LockStoreError, type WriteCondition } from '../../src/application/ports/lock-store.ts';
import type { LockRecord } from '../../src/domain/lock-record.ts';
import type { LockLedger } from './lock-ledger.ts';
import type { Process } from './process.ts';

/** A request that is on its way, or whose answer is. */
export interface Sent {
  readonly process: Process;
  readonly kind: 'read' | 'put' | 'delete' | 'effect';
  readonly text: string;
  /** What a write of the lock expects. */
  readonly condition: WriteCondition | undefined;
  readonly apply: () => Promise<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
  /** What the store has answered, if that has not arrived. */
  answer?: { readonly is: unknown };
}

/** The requests of all processes, which wait for the explorer to serve them. */
export class Requests {
  readonly pending: Sent[] = [];
  readonly #ledger: LockLedger;
  readonly #now: () => number;
  #unanswered: Sent[] = [];

  constructor(ledger: LockLedger, now: () => number) {
    this.#ledger = ledger;
    this.#now = now;
  }

  get state(): unknown {
    return [this.pending.map(({ text, answer }) => [text, answer]), this.late.map(({ text }) => text).toSorted()];
  }

  /** Requests whose senders learn no more of them, but which can still be applied. */
  get late(): readonly Sent[] {
    this.#unanswered = this.#unanswered.filter((sent) => this.#canStillApply(sent));
    return this.#unanswered;
  }

  storeOf(process: () => Process): LockStore {
    return {
      read: (name) => this.#send(process(), 'read', 'reads', () => this.#ledger.locks.read(name)),
      put: (_, record, condition) => {
        const sentAt = this.#now();
        const text = `writes ${record.writeId} ${textOf(record)} on ${textOfCondition(condition)}`;
        return this.#send(process(), 'put', text, () => this.#ledger.put(record, condition, sentAt), condition);
      },
      delete: (_, version) => {
        const text = `deletes ${version}`;
        return this.#send(process(), 'delete', text, () => this.#ledger.delete(version), { version });
      },
    };
  }

  /** Makes the effect of a step, where an older token is refused. */
  async effect(process: Process, name: string, fence: Fence): Promise<void> {
    const make = () => this.#ledger.makeEffect(name, fence);
    const result = await this.#send(process, 'effect', `makes the effect ${name} as ${fence.owner}`, make);
    if (result === 'refused') throw new Error(`The effect ${name} was refused.`);
  }

  async serve(sent: Sent): Promise<void> {
    await this.apply(sent);
    this.answerWith(sent, sent.answer?.is);
  }

  /** The sender gets this answer, whatever the store has done. */
  answerWith(sent: Sent, answer: unknown): void {
    this.#forget(sent);
    sent.process.learns(JSON.stringify(answer) ?? '');
    sent.resolve(answer);
  }

  /** The sender is refused. Nothing is done. */
  refuse(sent: Sent, why: string): void {
    this.#forget(sent);
    sent.process.learns(why);
    sent.reject(new LockStoreError(why, { isTransient: true }));
  }

  /** Something that `process` waits for, of no consequence. */
  pass(process: Process, what: string): Promise<void> {
    return this.#send(process, 'effect', what, async () => undefined);
  }

  /** Applied, but its answer is on its way. */
  async apply(sent: Sent): Promise<void> {
    sent.answer ??= { is: await sent.apply() };
  }

  wouldApply({ kind, condition, answer }: Sent): boolean {
    return answer === undefined && kind !== 'effect' && condition !== undefined && this.#ledger.wouldApply(condition);
  }

  /** The sender learns that there is no answer; whether a write is applied, and when, is open. */
  leaveUnanswered(sent: Sent): void {
    this.#forget(sent);
    this.#unanswered.push(sent);
    sent.process.learns('no answer');
    const cause = new Error('No answer.');
    if (sent.kind === 'read') sent.reject(new LockStoreError(cause.message, { isTransient: true, cause }));
    else sent.resolve({ kind: 'unknown', cause });
  }

  async land(sent: Sent): Promise<void> {
    this.#unanswered.splice(this.#unanswered.indexOf(sent), 1);
    await sent.apply();
  }

  /** The sender is gone. What it sent is still on its way. */
  abandon(process: Process): void {
    for (const sent of this.pending.filter((each) => each.process === process)) {
      this.#forget(sent);
      if (sent.answer === undefined) this.#unanswered.push(sent);
    }
  }

  #canStillApply({ kind, condition }: Sent): boolean {
    if (kind === 'effect') return true;
    return condition !== undefined && (condition === 'absent' || this.#ledger.wouldApply(condition));
  }

  #send<Answer>(
    process: Process,
    kind: Sent['kind'],
    what: string,
    apply: () => Promise<Answer>,
    condition?: WriteCondition,
  ): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const text = `${process.name} ${what}`;
      this.pending.push({ process, kind, text, condition, apply, resolve: (is) => resolve(is as Answer), reject });
    });
  }

  #forget(sent: Sent): void {
    this.pending.splice(this.pending.indexOf(sent), 1);
  }
}

function textOf({ state, attempt, fencingToken, steps }: LockRecord): string {
  const token = fencingToken === undefined ? '' : `, token …${fencingToken % 1_000_000}`;
  return [`${state} (attempt ${attempt}${token})`, ...steps.map(({ name, status }) => `${name} ${status}`)].join(', ');
}

const textOfCondition = (condition: WriteCondition): string =>
  condition === 'absent' ? 'nothing' : `version ${condition.version}`;
