import { isDeepStrictEqual } from 'node:util';
import { parseLockDocument } from '../../src/domain/lock-document.ts';
import { acquiredAtOf, tokenOf } from '../../src/domain/lock-record.ts';
import { storeTime } from '../../src/domain/time.ts';
import { workContainers } from '../../src/entrypoints/composition/work-containers.ts';
import type { Answer, ProxiedRequest } from '../support/blob-proxy.ts';
import type { Applied, LockApplied } from './evidence.ts';

/** The name of the work that a blob belongs to: its lock, its effects, or what it has stored. */
export function nameIn(url: string): string | undefined {
  const [, folder = '', name] = inUrl.exec(url) ?? [];
  return name !== undefined && folder.endsWith(`~2F${secondSubscription}`) ? ofSecondSubscription(name) : name;
}

/** The other subscription of the topic gets the same messages: what it does with them has names of its own here. */
export const secondSubscription = 'audit';
export const ofSecondSubscription = (name: string): string => `${name}.${secondSubscription}`;

/** Account, container, folder of the scope, that of a spread lock, and the blob. The names of this run have digits in them, and others have not. */
const inUrl =
  /^[/][^/]+[/][^/]+[/]([^/]+)[/](?:[0-9a-f]{2}[/])?(?:lock-)?([A-Za-z0-9_.~-]*?\d{1,}[A-Za-z0-9_.~-]*?)(?:\.lock(?:\.jsonl)?)?(?:\?|$)/;

/**
 * Sees, between the proxy and the store, which writes the store applies. The writes of one message are handed on one at a
 * time, so that the order in which they are seen is the order in which they were applied, lost answers and late requests
 * included: those wait before they come here.
 */
export class StoreHistory {
  readonly applied = new Map<string, Applied[]>();
  /** Locks that were written to another place as they were. */
  moved = 0;
  readonly #startedAt: number;
  readonly #onCompleted: (messageId: string) => void;
  readonly #busy = new Map<string, Promise<unknown>>();
  readonly #arrivedAt = new WeakMap<ProxiedRequest, number>();
  #underWay = 0;

  constructor(startedAt: number, onCompleted: (messageId: string) => void) {
    this.#startedAt = startedAt;
    this.#onCompleted = onCompleted;
  }

  /** How many requests the store has not answered yet, those not counted that are delayed before they come here. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Notes when a request came, before anything delays it. */
  arrived(request: ProxiedRequest): void {
    this.#arrivedAt.set(request, performance.now());
  }

  readonly around = async (request: ProxiedRequest, send: () => Promise<Answer>): Promise<Answer> => {
    this.#underWay += 1;
    try {
      const messageId = request.method === 'PUT' || request.method === 'DELETE' ? nameIn(request.url) : undefined;
      if (messageId === undefined) return await send();
      const turn = (this.#busy.get(messageId) ?? Promise.resolve()).then(async () => {
        const answer = await send();
        this.#note(messageId, request, answer);
        return answer;
      });
      const over: Promise<void> = turn.then(
        () => undefined,
        () => undefined,
      );
      this.#busy.set(messageId, over);
      void over.then(() => {
        if (this.#busy.get(messageId) === over) this.#busy.delete(messageId);
      });
      return await turn;
    } finally {
      this.#underWay -= 1;
    }
  };

  #note(messageId: string, request: ProxiedRequest, answer: Answer): void {
    const write = this.#read(request, answer);
    if (write === undefined) return;
    const history = this.applied.get(messageId) ?? [];
    this.applied.set(messageId, history);
    const last = history.findLast((each) => each.kind === 'lock');
    if (write.kind === 'lock' && last !== undefined && isMove(last, write)) {
      // What the protocol has written stays as it was judged; where, and when, is that of the move.
      history[history.indexOf(last)] = {
        ...last,
        record: write.record,
        writtenAt: write.writtenAt,
        version: write.version,
      };
      this.moved += 1;
      return;
    }
    history.push(write);
    if (write.kind === 'lock' && write.record.state === 'completed') this.#onCompleted(messageId);
  }

  #read(request: ProxiedRequest, { head }: Answer): Applied | undefined {
    const { method, url, headers, body } = request;
    const now = performance.now();
    const at = now - this.#startedAt;
    const isApplied = head.statusCode === 201;
    if (url.includes(`/${workContainers.archive}/`)) {
      const { 'x-ms-meta-fencingtoken': token, 'x-ms-meta-owner': owner } = headers;
      return { kind: 'fenced', at, fencingToken: Number(token), owner: String(owner), isStored: isApplied };
    }
    if (method !== 'PUT' || !isApplied) return undefined;
    if (url.includes('comp=appendblock')) {
      const { at: _, ...line } = JSON.parse(body.toString());
      return { kind: 'effect', at, line, onTheWayMs: now - (this.#arrivedAt.get(request) ?? now) };
    }
    if (!/\.lock(?:\?|$)/.test(url)) return undefined; // the log, created empty
    const writtenAt = storeTime(Date.parse(String(head.headers['last-modified'])));
    return {
      kind: 'lock',
      at,
      record: parseLockDocument(body.toString()),
      writtenAt,
      version: unquoted(head.headers.etag),
    };
  }
}

/** Whether a write is one that was applied before, with what follows from when that was. */
function isMove(last: LockApplied, { record }: LockApplied): boolean {
  const moved = { ...last.record, fencingToken: tokenOf(last), acquiredAt: acquiredAtOf(last) };
  return isDeepStrictEqual(moved, record);
}

/** A listing shows ETags without their quotation marks. */
export const unquoted = (etag: string | undefined): string => (etag ?? '').replaceAll('"', '');
