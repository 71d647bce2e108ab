import { hash } from 'node:crypto';
import type { StoredLock } from '../../src/application/ports/lock-store.ts';
import type { LockRecord } from '../../src/domain/lock-record.ts';
import type { OwnerId } from '../../src/domain/owner.ts';
import type { Life } from './life.ts';
import type { LockLedger } from './lock-ledger.ts';
import type { Names } from './names.ts';
import { conditionOf, type Request } from './requests.ts';

/** One process and the messages that it has or had. */
export interface Seat {
  /** Undefined if there is none at work. */
  readonly life: Life | undefined;
  readonly names: Names;
  /** What the store has answered to each of its open requests, if that has not arrived. */
  readonly answers: readonly ({ readonly is: unknown } | undefined)[];
  /** How it is with each of its messages. */
  readonly messages: readonly string[];
}

export interface Keyed {
  readonly seats: readonly Seat[];
  readonly ledger: LockLedger;
  /** Requests that may still be applied, though nobody waits for them. */
  readonly late: readonly Request[];
  /** How many there may be, and how many there were of those that may cost an attempt. */
  readonly faults: readonly number[];
  /** Whether it makes no difference which process is which. */
  readonly isSymmetric: boolean;
}

/**
 * The same for states that differ only in what nobody can tell any more:
 *
 * - by how many whole seconds later everything happens. All times are given as distances from now;
 * - how owners and versions are called. They are named in the order in which they come up, and forgotten when they cannot come
 *   up again: an owner whose process is gone and who has neither the lock nor a request under way; a version that was replaced;
 * - which of the processes is which, if they are all alike;
 * - what a process went through that has ended, or crashed.
 *
 * 128 bits of it: for a hundred million states the chance that any two are taken for one is less than 1 in 10^22.
 */
export function canonicalKey(keyed: Keyed): string {
  const { seats, ledger } = keyed;
  const looks = seats.map(({ life, names, messages }) => [messages, life?.id, life && ledger.now - names.since].join());
  let least: string | undefined;
  for (const order of keyed.isSymmetric ? orders(looks) : [[...seats.keys()]]) {
    const text = new Description(keyed, order).text;
    if (least === undefined || text < least) least = text;
  }
  return hash('md5', least ?? '', 'binary');
}

/** The orders that sort `looks`: more than one only if some of them are equal. */
function orders(looks: readonly string[]): readonly (readonly number[])[] {
  let all: (readonly number[])[] = [[]];
  for (const look of [...looks].sort()) {
    all = all.flatMap((order) =>
      [...looks.keys()].filter((at) => looks[at] === look && !order.includes(at)).map((at) => [...order, at]),
    );
  }
  return all;
}

/** A state, with its seats taken in one order. */
class Description {
  readonly text: string;
  readonly #keyed: Keyed;
  readonly #order: readonly number[];
  readonly #second: number;
  readonly #owners = new Map<string, string>();
  readonly #versions = new Map<string, string>();
  /** The owners and versions that somebody can still come across. */
  readonly #reachable = new Set<string>();

  constructor(keyed: Keyed, order: readonly number[]) {
    this.#keyed = keyed;
    this.#order = order;
    this.#second = Math.floor(keyed.ledger.now / 1000) * 1000;
    this.text = this.#describe();
  }

  #describe(): string {
    const { ledger, late, faults } = this.#keyed;
    const { stored } = ledger;
    const seats = this.#order.map((at) => this.#keyed.seats[at]).filter((seat) => seat !== undefined);
    const answers = seats.flatMap((seat) => seat.answers.map((answer) => answer?.is));
    for (const each of [stored, ...late, ...answers]) this.#reach(each);
    const lock = stored && this.#said(stored);
    const texts = seats.map((seat) => this.#seat(seat));
    const { owners, returned, working, effects, finished, validFrom, greatestToken } = ledger.rest;
    return JSON.stringify([
      faults,
      lock,
      stored?.record.state === 'held' && validFrom !== undefined ? ledger.now - validFrom : undefined,
      stored === undefined && greatestToken > 0 ? greatestToken - this.#second : undefined,
      texts,
      late.map((request) => this.#request(request)).sort(),
      this.#reachableOf(owners),
      this.#reachableOf(returned),
      [...working].map(([owner, name]) => `${this.#owner(owner)} ${name}`).sort(),
      [...effects].map(([name, { owner, fencingToken }]) => [name, this.#owner(owner), fencingToken - this.#second]),
      [...finished],
      ledger.now % 1000,
    ]);
  }

  #seat({ life, names, answers, messages }: Seat): unknown {
    if (life === undefined) return messages;
    return [
      messages,
      life.id,
      this.#keyed.ledger.now - names.since,
      names.owners.map((owner) => this.#owner(owner)),
      names.versions.map((version) => this.#version(version)),
      names.messages.map((message) => this.#message(message)),
      answers.map((answer) => answer && [this.#said(answer.is)]),
    ];
  }

  #reach(what: unknown): void {
    if (typeof what !== 'object' || what === null) return;
    if ('record' in what) this.#reachable.add((what.record as LockRecord).owner);
    if ('fence' in what) this.#reachable.add((what.fence as { owner: OwnerId }).owner);
    if ('version' in what) this.#reachable.add(what.version as string);
  }

  /** Those of them that somebody can still come across. */
  #reachableOf = (owners: ReadonlySet<OwnerId>): readonly string[] =>
    [...owners]
      .filter((owner) => this.#isReachable(owner))
      .map((owner) => this.#owner(owner))
      .sort();

  /** Of live processes, all are. */
  #isReachable = (owner: string): boolean => this.#reachable.has(owner) || this.#placeOf(owner) !== -1;

  /** Where the live process sits that calls itself `owner`. */
  #placeOf(owner: string): number {
    const [name] = owner.split('-');
    return this.#order.findIndex((at) => {
      const seat = this.#keyed.seats[at];
      return seat?.life !== undefined && seat.names.me === name;
    });
  }

  #owner(owner: string): string {
    const known = this.#owners.get(owner);
    if (known !== undefined) return known;
    const place = this.#placeOf(owner);
    let name = '';
    if (place !== -1) name = `${place}-${owner.split('-')[1]}`;
    else if (this.#reachable.has(owner)) name = `gone-${this.#owners.size}`;
    this.#owners.set(owner, name);
    return name;
  }

  #version(version: string): string {
    if (!this.#reachable.has(version)) return '';
    const known = this.#versions.get(version) ?? String(this.#versions.size);
    this.#versions.set(version, known);
    return known;
  }

  /** Where the process sits that has the physical message. */
  #message = (sequenceNumber: string): number =>
    this.#order.findIndex((at) => this.#keyed.seats[at]?.names.messages[0] === sequenceNumber);

  /** An answer, or what is stored. */
  #said(what: unknown): unknown {
    if (typeof what !== 'object' || what === null) return what;
    const { record, version, writtenAt, observedAt, kind } = what as Partial<StoredLock> & { readonly kind?: string };
    return [
      kind,
      record && this.#record(record),
      version && this.#version(version),
      writtenAt && writtenAt - this.#second,
      observedAt && observedAt - this.#second,
    ];
  }

  /** Nothing is decided by who had the lock before, and when. */
  #record({ owner, writeId, fencingToken, physical, acquiredAt: _at, history: _before, ...rest }: LockRecord): unknown {
    const seq = writeId.slice(owner.length);
    const token = fencingToken && fencingToken - this.#second;
    return [this.#owner(owner), seq, token, this.#message(physical.sequenceNumber), rest];
  }

  #request(request: Request): string {
    const condition = conditionOf(request);
    const version = condition === undefined || condition === 'absent' ? condition : this.#version(condition.version);
    if (request.kind === 'put') {
      // When it was sent says how long its owner may work by it, if that is still there.
      const sentAt = this.#placeOf(request.record.owner) === -1 ? undefined : request.sentAt - this.#second;
      return JSON.stringify([this.#record(request.record), version, sentAt]);
    }
    if (request.kind !== 'effect') return JSON.stringify([request.kind, version]);
    const { owner, fencingToken } = request.fence;
    return JSON.stringify([request.name, this.#owner(owner), fencingToken - this.#second]);
  }
}
