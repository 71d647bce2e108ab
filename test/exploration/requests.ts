import type { Fence } from '../../src/application/ports/fenced-store.ts';
import {
  type LockStore,
  LockStoreError,
  type LockVersion,
  type WriteCondition,
} from '../../src/application/ports/lock-store.ts';
import { lockDocument, parseLockDocument } from '../../src/domain/lock-document.ts';
import type { LockRecord } from '../../src/domain/lock-record.ts';
import type { LockLedger } from './lock-ledger.ts';

/** What a process asks of the world outside, and when it did. */
export type Request = { readonly sentAt: number } & (
  | { readonly kind: 'read' }
  | { readonly kind: 'put'; readonly record: LockRecord; readonly condition: WriteCondition }
  | { readonly kind: 'delete'; readonly version: LockVersion }
  | { readonly kind: 'effect'; readonly name: string; readonly fence: Fence }
  /** Something that is waited for, of no consequence. */
  | { readonly kind: 'pass'; readonly what: string }
);

/** A request whose sender waits for the answer. */
export interface Open {
  readonly sender: string;
  readonly request: Request;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** The requests of one process, which wait among those of others until whoever runs them serves them. */
export class Outbox {
  readonly #sender: string;
  readonly #now: () => number;
  readonly #open: Open[];

  constructor(sender: string, now: () => number, open: Open[]) {
    this.#sender = sender;
    this.#now = now;
    this.#open = open;
  }

  readonly store: LockStore = {
    read: () => this.#send({ kind: 'read', sentAt: this.#now() }),
    put: (_, record, condition) =>
      this.#send({ kind: 'put', record: asStored(record), condition, sentAt: this.#now() }),
    delete: (_, version) => this.#send({ kind: 'delete', version, sentAt: this.#now() }),
  };

  /** Makes the effect of a step, where an older token is refused. */
  async effect(name: string, fence: Fence): Promise<void> {
    const result = await this.#send({ kind: 'effect', name, fence, sentAt: this.#now() });
    if (result === 'refused') throw new Error(`The effect ${name} was refused.`);
  }

  pass(what: string): Promise<void> {
    return this.#send({ kind: 'pass', what, sentAt: this.#now() });
  }

  #send<Answer>(request: Request): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      this.#open.push({ sender: this.#sender, request, resolve: (answer) => resolve(answer as Answer), reject });
    });
  }
}

/** Does what is asked, and gives the answer to it. */
export function apply(ledger: LockLedger, request: Request): unknown {
  switch (request.kind) {
    case 'read':
      return ledger.read();
    case 'put':
      return ledger.put(request.record, request.condition, request.sentAt);
    case 'delete':
      return ledger.delete(request.version);
    case 'effect':
      return ledger.makeEffect(request.name, request.fence);
    case 'pass':
      return undefined;
  }
}

/** Whether the lock is changed if `request` is served now. */
export function changesLock(ledger: LockLedger, request: Request): boolean {
  const condition = conditionOf(request);
  return condition !== undefined && ledger.wouldApply(condition);
}

/** The sender learns that there is no answer. Whether a write is applied, and when, is open. */
export function leaveUnanswered({ request, resolve, reject }: Open): void {
  if (request.kind === 'read') reject(new LockStoreError('No answer.', { isTransient: true }));
  else resolve({ kind: 'unknown', cause: new Error('No answer.') });
}

/** What a write of the lock expects. */
export function conditionOf(request: Request): WriteCondition | undefined {
  if (request.kind === 'put') return request.condition;
  return request.kind === 'delete' ? { version: request.version } : undefined;
}

/** A request for people. */
export function textOf(request: Request): string {
  switch (request.kind) {
    case 'read':
      return 'reads';
    case 'put':
      return `writes ${request.record.writeId} ${textOfRecord(request.record)} on ${textOfCondition(request.condition)}`;
    case 'delete':
      return `deletes version ${request.version}`;
    case 'effect':
      return `makes the effect ${request.name} as ${request.fence.owner}`;
    case 'pass':
      return request.what;
  }
}

function textOfRecord({ state, attempt, fencingToken, steps }: LockRecord): string {
  const token = fencingToken === undefined ? '' : `, token …${fencingToken % 1_000_000}`;
  return [`${state} (attempt ${attempt}${token})`, ...steps.map(({ name, status }) => `${name} ${status}`)].join(', ');
}

const textOfCondition = (condition: WriteCondition): string =>
  condition === 'absent' ? 'nothing' : `version ${condition.version}`;

/** As a store gives it back that keeps texts. */
const asStored = (record: LockRecord): LockRecord => parseLockDocument(lockDocument(record));
