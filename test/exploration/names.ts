import type { Fence } from '../../src/application/ports/fenced-store.ts';
import type { LockVersion, StoredLock, WriteCondition, WriteResult } from '../../src/application/ports/lock-store.ts';
import { fencingToken } from '../../src/domain/fencing-token.ts';
import type { LockRecord } from '../../src/domain/lock-record.ts';
import { type OwnerId, ownerId, writeId } from '../../src/domain/owner.ts';
import { storeTime } from '../../src/domain/time.ts';
import type { Request } from './requests.ts';

/**
 * What one process calls things. It calls itself `me`, and everything else by when it first heard of it; and its life begins in
 * the same second as everybody's. So all who learn the same by other names, or at another time, live the same life.
 *
 * That is sound as far as the code only compares names and times with one another, as it has to: names of owners and versions
 * mean nothing, and nothing happens at fixed times.
 */
export interface Names {
  /** The process, as all others call it. */
  readonly me: string;
  /** By how much its times are less than those of all, in milliseconds: whole seconds, since the store cuts its times to them. */
  readonly since: number;
  readonly owners: readonly string[];
  readonly versions: readonly string[];
  /** The physical messages: first its own. */
  readonly messages: readonly string[];
}

/** Takes what is said to a process into its words, and learns the names that are new to it. */
export class Hearing {
  readonly #names: Names;
  readonly #owners: string[];
  readonly #versions: string[];
  readonly #messages: string[];

  constructor(names: Names) {
    this.#names = names;
    this.#owners = [...names.owners];
    this.#versions = [...names.versions];
    this.#messages = [...names.messages];
  }

  /** All names that the process knows now. */
  get names(): Names {
    return { ...this.#names, owners: this.#owners, versions: this.#versions, messages: this.#messages };
  }

  heard(answer: unknown): unknown {
    if (typeof answer !== 'object' || answer === null) return answer;
    if ('record' in answer) return this.#stored(answer as StoredLock);
    const result = answer as WriteResult<Partial<StoredLock>>;
    if (result.kind !== 'written' || result.version === undefined) return result;
    return { kind: 'written', version: this.#version(result.version), writtenAt: this.#time(result.writtenAt ?? 0) };
  }

  #stored({ record, version, writtenAt, observedAt }: StoredLock): StoredLock {
    return {
      record: this.#record(record),
      version: this.#version(version),
      writtenAt: this.#time(writtenAt),
      observedAt: this.#time(observedAt),
    };
  }

  #record({ fencingToken: token, ...record }: LockRecord): LockRecord {
    const owner = this.#owner(record.owner);
    return {
      ...record,
      owner,
      writeId: writeId(owner, seqOf(record)),
      ...(token === undefined ? {} : { fencingToken: fencingToken(token - this.#names.since) }),
      physical: { ...record.physical, sequenceNumber: String(placeOf(this.#messages, record.physical.sequenceNumber)) },
    };
  }

  #owner(owner: OwnerId): OwnerId {
    const own = `${this.#names.me}-`;
    if (owner.startsWith(own)) return ownerId(`me-${owner.slice(own.length)}`);
    return ownerId(`they-${placeOf(this.#owners, owner)}`);
  }

  #version = (version: LockVersion): LockVersion => `${placeOf(this.#versions, version)}` as LockVersion;

  #time = (time: number) => storeTime(time - this.#names.since);
}

/** What a process asks, in the words of all. */
export function said(names: Names, request: Request): Request {
  const sentAt = request.sentAt + names.since;
  switch (request.kind) {
    case 'read':
    case 'pass':
      return { ...request, sentAt };
    case 'put':
      return {
        ...request,
        record: saidRecord(names, request.record),
        condition: saidCondition(names, request),
        sentAt,
      };
    case 'delete':
      return { ...request, version: known(names.versions, request.version) as LockVersion, sentAt };
    case 'effect':
      return { ...request, fence: saidFence(names, request.fence), sentAt };
  }
}

const saidCondition = (names: Names, { condition }: { readonly condition: WriteCondition }): WriteCondition =>
  condition === 'absent' ? condition : { version: known(names.versions, condition.version) as LockVersion };

function saidRecord(names: Names, { fencingToken: token, ...record }: LockRecord): LockRecord {
  const owner = saidOwner(names, record.owner);
  return {
    ...record,
    owner,
    writeId: writeId(owner, seqOf(record)),
    ...(token === undefined ? {} : { fencingToken: fencingToken(token + names.since) }),
    physical: { ...record.physical, sequenceNumber: known(names.messages, record.physical.sequenceNumber) },
  };
}

export const saidFence = (names: Names, fence: Fence): Fence => ({
  fencingToken: fencingToken(fence.fencingToken + names.since),
  owner: saidOwner(names, fence.owner),
});

export function saidOwner(names: Names, owner: OwnerId): OwnerId {
  const [who, which] = owner.split('-');
  return ownerId(who === 'me' ? `${names.me}-${which}` : known(names.owners, which ?? ''));
}

function known(names: readonly string[], place: string): string {
  const name = names[Number(place)];
  if (name === undefined) throw new Error(`A process speaks of ${place}, of which it never heard.`);
  return name;
}

function placeOf(names: string[], name: string): number {
  const place = names.indexOf(name);
  return place === -1 ? names.push(name) - 1 : place;
}

const seqOf = (record: LockRecord): number => Number(record.writeId.slice(record.owner.length + 1));
