import fc from 'fast-check';
import { fencingToken } from '../../src/domain/fencing-token.ts';
import { type Fingerprint, fingerprint } from '../../src/domain/fingerprint.ts';
import type { FormerOwner } from '../../src/domain/lock-history.ts';
import type { Claim, LockRecord, ObservedLock, Ownership } from '../../src/domain/lock-record.ts';
import { longestMessageId, type MessageId } from '../../src/domain/message-id.ts';
import type { OperatorAct } from '../../src/domain/operator-act.ts';
import { type OwnerId, ownerId, writeId } from '../../src/domain/owner.ts';
import type { PhysicalMessage } from '../../src/domain/physical-message.ts';
import type { Step } from '../../src/domain/step.ts';
import { after, type DurationMs, durationMs, type StoreTime, seconds, storeTime } from '../../src/domain/time.ts';
import { graceOf, longestTtl, shortestTtl } from '../../src/domain/ttl.ts';

/**
 * Pieces of text with a meaning somewhere on an ID's way: in a path, a URL, a percent encoding, a blob name or a lock's name;
 * or that another system takes for one another, as letters of both cases and composed and decomposed ones.
 */
const hostilePieces = [
  ...[
    '.',
    '..',
    '/',
    '\\',
    '~',
    '~~',
    '%',
    '%2F',
    '%2e',
    '~2F',
    '~2E',
    ':',
    '?',
    '#',
    '&',
    '=',
    '+',
    ' ',
    '*',
    "'",
    '()',
    '!',
  ],
  ...['\0', '\t', '\n', '\r', '\u001b', '\u007f', '\u0080', '\u00a0', '\u202e', '\u2028', '\ufeff', '\ufffd', '\uffff'],
  ...['a', 'A', 'e', 'E', '2', 'F', '-', '_', 'lock-', '.lock', '__proto__'],
  ...[
    '\u00e9',
    'e\u0301',
    '\u00c9',
    'K',
    '\u212a',
    'i',
    '\u0131',
    'I',
    '\u0130',
    'ss',
    '\u00df',
    '\ufb01',
    '\u{1f600}',
    '\u{10ffff}',
  ],
];

const surrogates = { first: 0xd800, count: 0x800 };
const codePointsUpTo = (last: number): fc.Arbitrary<string> =>
  fc
    .nat(last < surrogates.first ? last : last - surrogates.count)
    .map((value) => String.fromCodePoint(value < surrogates.first ? value : value + surrogates.count));

/** Every character of Unicode. fast-check's unit `binary` is the same, but takes a second to build in each test file. */
const characters = fc.oneof(codePointsUpTo(0x7f), codePointsUpTo(0xffff), codePointsUpTo(0x10ffff));

/** Well-formed text of `minLength` to `maxLength` UTF-16 units, most of it of the kind that breaks naming schemes. */
export const hostileTexts = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc
    .oneof(
      fc.string({ unit: fc.constantFrom(...hostilePieces), minLength, maxLength }),
      fc.string({ unit: fc.constantFrom(...hostilePieces), minLength, maxLength, size: 'max' }),
      fc.string({ unit: characters, minLength, maxLength, size: 'max' }),
      fc.string({ unit: 'grapheme', minLength, maxLength }),
    )
    .map((text) => {
      const start = text.slice(0, maxLength);
      return start.isWellFormed() ? start : text.slice(0, maxLength - 1);
    });

export const messageIds: fc.Arbitrary<MessageId> = hostileTexts(1, longestMessageId).map((text) => text as MessageId);

/** Names of the consumers that share locks. */
export const scopes: fc.Arbitrary<string> = hostileTexts(1, 60);

/** Few of them, so that two are often the same; some were made by another version. */
export const fingerprints: fc.Arbitrary<Fingerprint> = fc
  .constantFrom('jcs1:aa', 'jcs1:bb', 'jcs1:cc', 'jcs0:aa', 'jcs2:aa', 'jcs1')
  .map(fingerprint);

/** Few of them, so that two are often the same, or the same in one of their values. */
export const physicalMessages: fc.Arbitrary<PhysicalMessage> = fc.record({
  sequenceNumber: fc.constantFrom('1', '2', '9223372036854775807'),
  enqueuedTime: fc.constantFrom('2024-02-19T00:24:11.000Z', '2024-02-19T00:24:11.314Z'),
});

export const ownerIds: fc.Arbitrary<OwnerId> = fc.uuid().map(ownerId);

/** Moments of a store that shows whole seconds, and of one that shows milliseconds, from 1970 to 2106. */
export const storeTimes: fc.Arbitrary<StoreTime> = fc
  .oneof(
    fc.nat(2 ** 32).map((second) => second * 1000),
    fc.nat(2 ** 32 * 1000),
  )
  .map(storeTime);

/** Every ttl that can be stored; those of whole seconds, as they are configured, and both bounds often. */
export const ttls: fc.Arbitrary<DurationMs> = fc
  .oneof(
    fc.integer({ min: shortestTtl / 1000, max: longestTtl / 1000 }).map((value) => value * 1000),
    fc.integer({ min: shortestTtl, max: longestTtl }),
    fc.constantFrom(shortestTtl, seconds(5), seconds(30), longestTtl),
  )
  .map(durationMs);

/** What work or a step returned, as JSON text; null if nothing. */
export const results: fc.Arbitrary<string | null> = fc.option(fc.json({ stringUnit: characters }));

/** Names that a handler can give to its steps: few short ones, so that some come again, and ones that look alike. */
export const stepNames: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('charge', 'charge ', ' charge', 'Charge', 'charge 2', '2', ' ', '.', '..', 'a/b', '\u00e9'),
  fc.string({ unit: fc.constantFrom(...'aZ09 _./()#+-\u00df\u0131\u4e00\u{1d4d0}'), minLength: 1, maxLength: 100 }),
);

export const steps: fc.Arbitrary<Step> = fc.record(
  {
    name: hostileTexts(1, 40),
    status: fc.constantFrom('started', 'finished', 'not-done'),
    result: results,
    at: fc.constant('2024-02-19T00:24:11.314Z'),
  },
  { requiredKeys: ['name', 'status', 'result'] },
);

const traceparents = fc.constantFrom(
  '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-00',
);

const formerOwners: fc.Arbitrary<FormerOwner> = fc.record(
  {
    owner: ownerIds,
    host: fc.string(),
    acquiredAt: storeTimes,
    lastWrittenAt: storeTimes,
    ending: fc.constantFrom('expired', 'released', 'failed'),
    traceparent: traceparents,
  },
  { requiredKeys: ['owner', 'host', 'acquiredAt', 'lastWrittenAt', 'ending'] },
);

/** What a record says for people and traces, or not. */
const notes = fc.record(
  { acquiredAt: storeTimes, traceparent: traceparents, history: fc.array(formerOwners, { maxLength: 12 }) },
  { requiredKeys: [] },
);

const counts = fc.oneof(fc.nat(3), fc.maxSafeNat());
const waits = fc.oneof(fc.constant(0), fc.nat(60_000)).map(durationMs);

const operatorActs: fc.Arbitrary<OperatorAct> = fc.record({
  action: fc.constantFrom('release', 'answer'),
  who: fc.string({ unit: characters }),
  reason: fc.string({ unit: characters }),
  at: fc.constant('2024-02-19T00:24:11.314Z'),
});

/** Every record that can be stored, also those that no run of the protocol comes to. */
export const lockRecords: fc.Arbitrary<LockRecord> = fc
  .record({
    state: fc.constantFrom('held', 'released', 'completed', 'failed'),
    messageId: messageIds,
    owner: ownerIds,
    host: fc.string({ unit: characters }),
    seq: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 10 ** 15 - 1 })),
    token: fc.option(fc.maxSafeNat()),
    ttlMs: ttls,
    fingerprint: fingerprints,
    physical: physicalMessages,
    attempt: counts,
    failures: counts,
    crashes: counts,
    retryAfterMs: waits,
    steps: fc.array(steps, { maxLength: 4 }),
    result: results,
    lastError: fc.option(fc.oneof(fc.string({ unit: characters }), fc.constant('cut within a pair: \ud83d'))),
    operator: fc.option(operatorActs),
    notes,
  })
  .map(({ seq, token, operator, notes: said, ...rest }) => ({
    ...rest,
    ...said,
    ...(operator !== null && { operator }),
    writeId: writeId(rest.owner, seq),
    ...(token === null ? {} : { fencingToken: fencingToken(token) }),
  }));

/** A record at every age that a rule tells from another: about its ttl, its grace and its retry, and before it was written. */
export const observedLocks: fc.Arbitrary<ObservedLock> = fc
  .record({ record: lockRecords, writtenAt: storeTimes })
  .chain(({ record, writtenAt }) => {
    const { ttlMs, retryAfterMs } = record;
    const edges = [0, ttlMs, ttlMs + graceOf(ttlMs), retryAfterMs];
    const ages = fc.oneof(
      fc.tuple(fc.constantFrom(...edges), fc.constantFrom(-1000, -1, 0, 1, 1000)).map(([edge, by]) => edge + by),
      fc.integer({ min: -3_600_000, max: 3_600_000 }),
    );
    return ages.map((ageMs) => ({ record, writtenAt, observedAt: after(writtenAt, durationMs(ageMs)) }));
  });

export const claims: fc.Arbitrary<Claim> = fc.record({
  messageId: messageIds,
  fingerprint: fingerprints,
  physical: physicalMessages,
});

export const ownerships: fc.Arbitrary<Ownership> = fc.record({ owner: ownerIds, host: fc.string(), ttlMs: ttls });
