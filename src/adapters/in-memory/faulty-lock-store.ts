import {
  type LockStore,
  LockStoreError,
  type LockVersion,
  type Revision,
  type StoredLock,
  type WriteCondition,
  type WriteResult,
} from '../../application/ports/lock-store.ts';
import type { LockName } from '../../domain/lock-name.ts';
import type { LockRecord } from '../../domain/lock-record.ts';

/** One call to a FaultyLockStore: the `nth`, from 1, of this operation on this lock. */
export interface LockCall {
  readonly operation: 'read' | 'put' | 'delete';
  readonly name: LockName;
  readonly nth: number;
}

/** What goes wrong with one call. A read that is not answered rejects with a transient LockStoreError. */
export interface LockFault {
  readonly kind: LockFaultKind;
  /** What the request waits for on its way to the store. */
  readonly beforeRequest?: () => Promise<unknown>;
  /** What the caller waits for before it gets the answer, or learns that there is none. */
  readonly beforeAnswer?: () => Promise<unknown>;
}

export type LockFaultKind =
  /** Nothing, except that it may have to wait. */
  | 'slow'
  /** The store does not get the request: a write is unknown, and not applied. */
  | 'request-lost'
  /** The store does what is asked, but its answer does not arrive: a write is unknown, and applied if its condition was met. */
  | 'answer-lost'
  /** The request is held back: a write is unknown, and applied when it arrives. See `lateRequests`. */
  | 'request-late'
  /** A LockStoreError that may pass: throttling, access that is being restored. Nothing is done. */
  | 'transient-error'
  /** A LockStoreError that needs somebody's hand. Nothing is done. */
  | 'final-error';

/** Asked at each call. Undefined lets it pass. */
export type LockFaults = (call: LockCall) => LockFault | undefined;

/** A request that is held back on its way to the store. */
export interface LateRequest extends LockCall {
  /**
   * Lets it arrive, and resolves with the answer, which its sender does not get. Called again, it arrives again: somewhere
   * between, the request was sent twice.
   */
  arrive(): Promise<unknown>;
}

/** A LockStore in front of another one, with a network between them on which the test decides. */
export class FaultyLockStore implements LockStore {
  readonly #store: LockStore;
  readonly #faultOf: LockFaults;
  readonly #calls = new Map<string, number>();
  readonly #lateRequests: LateRequest[] = [];

  constructor(store: LockStore, faultOf: LockFaults) {
    this.#store = store;
    this.#faultOf = faultOf;
  }

  /** The requests that were held back, in the order they were sent. */
  get lateRequests(): readonly LateRequest[] {
    return this.#lateRequests;
  }

  read(name: LockName): Promise<StoredLock | undefined> {
    return this.#send(this.#nextCall('read', name), () => this.#store.read(name), rejectUnanswered);
  }

  put(name: LockName, record: LockRecord, condition: WriteCondition): Promise<WriteResult<Revision>> {
    return this.#send(this.#nextCall('put', name), () => this.#store.put(name, record, condition), unknown);
  }

  delete(name: LockName, version: LockVersion): Promise<WriteResult<object>> {
    return this.#send(this.#nextCall('delete', name), () => this.#store.delete(name, version), unknown);
  }

  #nextCall(operation: LockCall['operation'], name: LockName): LockCall {
    const key = `${operation} ${name}`;
    const nth = (this.#calls.get(key) ?? 0) + 1;
    this.#calls.set(key, nth);
    return { operation, name, nth };
  }

  async #send<Answer>(
    call: LockCall,
    request: () => Promise<Answer>,
    unanswered: (cause: Error) => Answer,
  ): Promise<Answer> {
    const { kind, beforeRequest, beforeAnswer } = this.#faultOf(call) ?? noFault;
    await beforeRequest?.();
    try {
      return await this.#deliver(kind, call, request, unanswered);
    } finally {
      await beforeAnswer?.();
    }
  }

  async #deliver<Answer>(
    kind: LockFaultKind,
    call: LockCall,
    request: () => Promise<Answer>,
    unanswered: (cause: Error) => Answer,
  ): Promise<Answer> {
    const cause = new Error(`Injected: ${kind}, ${call.operation} ${call.nth} of ${call.name}.`);
    switch (kind) {
      case 'slow':
        return request();
      case 'request-lost':
        return unanswered(cause);
      case 'answer-lost':
        await Promise.allSettled([request()]); // an error is an answer, too, and lost
        return unanswered(cause);
      case 'request-late':
        this.#lateRequests.push({ ...call, arrive: request });
        return unanswered(cause);
      case 'transient-error':
        throw new LockStoreError(cause.message, { isTransient: true, cause });
      case 'final-error':
        throw new LockStoreError(cause.message, { isTransient: false, cause });
    }
  }
}

const noFault: LockFault = { kind: 'slow' };

const unknown = (cause: Error) => ({ kind: 'unknown', cause }) as const;

const rejectUnanswered = (cause: Error): never => {
  throw new LockStoreError(cause.message, { isTransient: true, cause });
};
