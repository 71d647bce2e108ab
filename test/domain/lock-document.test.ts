import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isLockState,
  LockDocumentError,
  lockDocument,
  parseLockDocument,
  stepBytes,
} from '../../src/domain/lock-document.ts';
import {
  checkpointed,
  completed,
  created,
  failed,
  type LockContent,
  type LockRecord,
  released,
  releasedAfterFailure,
  takenOver,
} from '../../src/domain/lock-record.ts';
import { writeId } from '../../src/domain/owner.ts';
import type { Step } from '../../src/domain/step.ts';
import { durationMs } from '../../src/domain/time.ts';
import { claims, lockRecords, ownerships, results, steps, storeTimes } from '../support/arbitraries.ts';

/** A record with every member, as a store keeps it. */
const example = {
  schema: 2,
  state: 'held',
  messageId: 'order-1',
  source: '/shop-a',
  owner: 'owner-a',
  host: 'host-1/4711',
  writeId: 'owner-a:3',
  fencingToken: 1_708_302_251_000,
  ttlMs: 30_000,
  fingerprint: 'jcs1:aa',
  physical: { sequenceNumber: '1', enqueuedTime: '2024-02-19T00:24:11.314Z' },
  attempt: 2,
  failures: 1,
  crashes: 0,
  retryAfterMs: 0,
  steps: [
    { name: 'charge', status: 'finished', result: { receipt: ['r-1'] } },
    { name: 'ship', status: 'started' },
  ],
  lastError: 'Error: no',
};
const parseExample = (changes: object): LockRecord => parseLockDocument(JSON.stringify({ ...example, ...changes }));
/** What is said of a text that is refused, after what is said of each. */
const refusal = (parse: () => unknown): string => {
  try {
    parse();
  } catch (error) {
    expect(error).toBeInstanceOf(LockDocumentError);
    expect(error).toMatchObject({ name: 'LockDocumentError' });
    return String(error).replace('LockDocumentError: The text is not a lock record of schema 2: ', '');
  }
  return 'It was not refused.';
};

describe('lockDocument', () => {
  it('is JSON with what steps and work returned as values in it', () => {
    const record = parseExample({ state: 'completed', result: { total: 7 } });
    expect(JSON.parse(lockDocument(record))).toEqual({ ...example, state: 'completed', result: { total: 7 } });
  });

  it('has no result where none was returned, and null where that was returned', () => {
    const record = { ...parseExample({}), steps: [] };
    expect(JSON.parse(lockDocument({ ...record, result: null }))).not.toHaveProperty('result');
    expect(JSON.parse(lockDocument({ ...record, result: 'null' }))).toHaveProperty('result', null);
  });

  it('has no token in the write that creates the lock', () => {
    const { fencingToken, ...record } = parseExample({});
    expect(fencingToken).toBe(1_708_302_251_000);
    expect(JSON.parse(lockDocument(record))).not.toHaveProperty('fencingToken');
  });

  it('writes out each step once, however many checkpoints follow', () => {
    const reads = new Map<string, number>();
    const watched = (name: string): Step => ({
      get name() {
        reads.set(name, (reads.get(name) ?? 0) + 1);
        return name;
      },
      status: 'finished',
      result: JSON.stringify({ of: name }),
    });
    const names = Array.from({ length: 500 }, (_, index) => `step-${index}`);
    let record = { ...parseExample({}), steps: [] as readonly Step[] };
    let text = '';
    for (const name of names) {
      record = { ...record, steps: [...record.steps, watched(name)] };
      text = lockDocument(record);
    }
    expect([...reads.values()]).toEqual(names.map(() => 1));
    expect(JSON.parse(text)).toMatchObject({
      steps: names.map((name) => ({ name, status: 'finished', result: { of: name } })),
    });
  });
});

describe('parseLockDocument', () => {
  it('reads back every record', () =>
    fc.assert(
      fc.property(lockRecords, (record) => {
        expect(parseLockDocument(lockDocument(record))).toEqual(record);
      }),
      { numRuns: 250 },
    ));

  it('reads back what every transition makes, in whatever order they come', () => {
    type Transition = (record: LockRecord) => LockContent;
    const transitions: fc.Arbitrary<Transition> = fc.oneof(
      fc.constantFrom<Transition>(released, (record) => failed(record, 'CardRefused: no funds')),
      results.map(
        (result): Transition =>
          (record) =>
            completed(record, result),
      ),
      fc.nat(40_000).map(
        (retryAfterMs): Transition =>
          (record) =>
            releasedAfterFailure(record, 'Error: no', durationMs(retryAfterMs)),
      ),
      fc.tuple(steps, fc.boolean()).map(
        ([step, isProgress]): Transition =>
          (record) =>
            checkpointed(record, [...record.steps, step], isProgress),
      ),
      fc.tuple(storeTimes, storeTimes, claims, ownerships).map(
        ([writtenAt, observedAt, claim, ownership]): Transition =>
          (record) =>
            takenOver({ record, writtenAt, observedAt }, claim, ownership),
      ),
    );
    const asFirstWrite = (content: LockContent): LockRecord => ({ ...content, writeId: writeId(content.owner, 1) });
    fc.assert(
      fc.property(claims, ownerships, fc.array(transitions, { maxLength: 8 }), (claim, ownership, path) => {
        const record = path.reduce(
          (before, transition) => asFirstWrite(transition(before)),
          asFirstWrite(created(claim, ownership)),
        );
        expect(parseLockDocument(lockDocument(record))).toEqual(record);
      }),
    );
  });

  it('reads a text that somebody laid out anew', () =>
    expect(parseLockDocument(JSON.stringify(example, undefined, 2))).toEqual(parseExample({})));

  it('keeps members that it does not know, of a step as well, and writes them back', () => {
    const steps = [{ name: 'pay', status: 'finished', result: 1, by: { card: true } }];
    const further = { colour: 'red', __proto__: null, deep: { a: [null] } };
    const record = parseExample({ ...further, steps });
    const { further: kept, ...known } = record;
    expect(kept).toEqual({ colour: 'red', deep: { a: [null] } });
    expect(record.steps).toEqual([{ name: 'pay', status: 'finished', result: '1', further: { by: { card: true } } }]);
    expect(known).toEqual({ ...parseExample({}), steps: record.steps });
    expect(JSON.parse(lockDocument(record))).toMatchObject({ colour: 'red', deep: { a: [null] }, steps });
    expect(parseLockDocument(lockDocument(record))).toEqual(record);
  });

  it('lets no member that it does not know replace one that it knows', () => {
    const record = { ...parseExample({}), further: { state: 'completed', schema: 3 } };
    expect(JSON.parse(lockDocument(record))).toMatchObject({ state: 'held' });
  });

  it.each([
    ['nothing', '', 'it is not JSON.'],
    ['a blank text', ' \n', 'it is not JSON.'],
    ['another format', '<lock/>', 'it is not JSON.'],
    ['a byte order mark', `\ufeff${JSON.stringify(example)}`, 'it is not JSON.'],
    ['two records', JSON.stringify(example).repeat(2), 'it is not JSON.'],
    ['null', 'null', 'it is not a JSON object.'],
    ['a number', '1', 'it is not a JSON object.'],
    ['a text', '"held"', 'it is not a JSON object.'],
    ['a list', `[${JSON.stringify(example)}]`, 'it is not a JSON object.'],
    ['an empty object', '{}', 'its "schema" is not 2.'],
  ])('refuses %s', (_, text, why) => expect(refusal(() => parseLockDocument(text))).toBe(why));

  it('refuses a record that was cut short at any point', () => {
    const text = lockDocument(parseExample({ result: 'paid' }));
    const cuts = Array.from({ length: text.length }, (_, end) => text.slice(0, end));
    expect(new Set(cuts.map((cut) => refusal(() => parseLockDocument(cut))))).toEqual(new Set(['it is not JSON.']));
  });

  it('refuses every record that was cut short', () =>
    fc.assert(
      fc.property(lockRecords, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (record, part) => {
        const text = lockDocument(record);
        const cut = text.slice(0, Math.floor(part * text.length));
        expect(refusal(() => parseLockDocument(cut))).toBe('it is not JSON.');
      }),
    ));

  const optional = ['fencingToken', 'result', 'source'];
  it.each(Object.keys(example).filter((member) => !optional.includes(member)))(
    'refuses a record without %s',
    (member) => {
      const why = refusal(() => parseExample({ [member]: undefined }));
      if (member === 'schema') expect(why).toBe('its "schema" is not 2.');
      else if (member === 'messageId') expect(why).toBe('its "messageId" must be a string, but is undefined.');
      else expect(why).toBe(`its "${member}" is missing.`);
    },
  );

  const formerOwner = { owner: 'owner-9', host: 'host-1/1', acquiredAt: 1000, lastWrittenAt: 2000, ending: 'expired' };

  it('reads an owner of before whose ending is of a later version, with what else is said of it', () => {
    const history = [{ ...formerOwner, ending: 'freed by a person', by: 'ann' }];
    expect(parseExample({ history }).history).toEqual(history);
  });

  const act = { action: 'release', who: 'ann', reason: 'gone', at: '2024-02-19T00:25:00.000Z' };
  const noText = [null, 7, true, {}, []];
  const noCount = [null, '7', true, {}, [], -1, 0.5, 2 ** 53, '', 1e300];
  const step = { name: 'charge', status: 'finished', result: 1 };
  const wrong: Readonly<Record<string, readonly unknown[]>> = {
    state: [...noText, '', 'Held', 'free', 'constructor'],
    source: [...noText, '', 'x'.repeat(1025), '\ud83d'],
    owner: [...noText, '', 'owner-b'],
    host: noText,
    writeId: [
      ...noText,
      ...[
        '',
        'owner-a',
        'owner-a:',
        'owner-a:0',
        'owner-a:03',
        'owner-a:-1',
        'owner-a:1.5',
        'owner-a:1e3',
        'owner-a: 1',
      ],
      ...['owner-b:3', 'x-owner-a:3', 'owner-a:3:3', 'owner-a:3\n', 'owner-a:1000000000000000'],
    ],
    fencingToken: noCount,
    ttlMs: [...noCount, 0, 999, 900_001],
    fingerprint: [...noText, ''],
    physical: [
      ...[null, 7, 'x', [], {}, { sequenceNumber: '1' }, { enqueuedTime: '' }],
      ...[
        { sequenceNumber: 1, enqueuedTime: 'x' },
        { sequenceNumber: '1', enqueuedTime: null },
      ],
    ],
    attempt: noCount,
    failures: noCount,
    crashes: noCount,
    retryAfterMs: noCount,
    steps: [
      ...[null, 7, 'x', {}, { 0: step, length: 1 }],
      ...[[null], [[]], ['charge'], [{}], [step, {}]],
      ...[[{ ...step, name: undefined }], [{ ...step, name: '' }], [{ ...step, name: 7 }]],
      ...[
        [{ ...step, status: undefined }],
        [{ ...step, status: 'failed' }],
        [{ ...step, status: 'Finished' }],
        [{ ...step, status: true }],
        [{ ...step, at: 7 }],
        [{ ...step, at: '' }],
      ],
    ],
    lastError: [7, true, {}, []],
    operator: [
      ...[null, 7, 'ann', [], {}],
      ...Object.keys(act).map((missing) => ({ ...act, [missing]: undefined })),
      ...[{ action: 'delete' }, { who: 7 }, { reason: null }, { at: 0 }].map((change) => ({ ...act, ...change })),
    ],
    acquiredAt: noCount,
    traceparent: [null, 7, '', 'x', '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01'],
    history: [
      ...[null, 7, 'x', {}, [null], [[]], ['owner-a'], [{}]],
      ...Object.keys(formerOwner).map((missing) => [formerOwner, { ...formerOwner, [missing]: undefined }]),
      ...[
        { owner: '' },
        { host: 7 },
        { acquiredAt: -1 },
        { lastWrittenAt: '1' },
        { ending: '' },
        { traceparent: 7 },
      ].map((change) => [{ ...formerOwner, ...change }]),
    ],
  };
  it.each(Object.entries(wrong))('refuses a record whose %s is wrong', (member, values) => {
    for (const value of values) {
      const named = member === 'owner' && value === 'owner-b' ? 'writeId' : member;
      expect(
        refusal(() => parseExample({ [member]: value })),
        JSON.stringify(value),
      ).toMatch(new RegExp(`^its "${named}" is .+\\.$`));
    }
  });

  it('shows what it found', () => {
    expect(refusal(() => parseExample({ state: 'free' }))).toBe('its "state" is "free".');
    expect(refusal(() => parseExample({ ttlMs: 0 }))).toBe('its "ttlMs" is 0.');
    expect(refusal(() => parseExample({ physical: null }))).toBe('its "physical" is null.');
  });

  it('shows no more than the start of what it found, which can be as long as a record', () => {
    const why = refusal(() => parseExample({ steps: [{ ...step, result: 'x'.repeat(60_000) }, null] }));
    expect(why).toMatch(/^its "steps" is \[\{"name":"charge","status":"finished","result":"x+…\.$/);
    expect(why).toHaveLength('its "steps" is '.length + 100 + '….'.length);
    expect(refusal(() => parseExample({ state: '😀'.repeat(60) }))).toSatisfy((said: string) => said.isWellFormed());
    expect(refusal(() => parseExample({ state: 'x'.repeat(98) }))).toBe(`its "state" is "${'x'.repeat(98)}".`);
  });

  it.each([0, 1, 3, '2', null, [2]])('refuses schema %j, whose meaning it cannot know', (schema) =>
    expect(refusal(() => parseExample({ schema }))).toBe('its "schema" is not 2.'),
  );

  it.each([
    ['', 'its "messageId" must not be empty.'],
    ['x'.repeat(129), 'its "messageId" must be at most 128 UTF-16 units long, but has 129.'],
    ['\ud83d', 'its "messageId" must be well-formed Unicode, but has a lone surrogate.'],
    [7, 'its "messageId" must be a string, but is number.'],
    [null, 'its "messageId" must be a string, but is null.'],
  ])('refuses a message ID of %j', (messageId, why) => expect(refusal(() => parseExample({ messageId }))).toBe(why));

  it('takes the shortest and the longest ttl that can be meant', () => {
    expect(parseExample({ ttlMs: 1000 }).ttlMs).toBe(1000);
    expect(parseExample({ ttlMs: 900_000 }).ttlMs).toBe(900_000);
  });

  it('refuses a result that is nested too deeply to be handed on', () => {
    const nested = '['.repeat(100_000) + ']'.repeat(100_000);
    const text = JSON.stringify(example).replace(/}$/, `,"result":${nested}}`);
    expect(refusal(() => parseLockDocument(text))).toBe('a value in it is nested too deeply.');
  });

  it('refuses a member that it does not know, of a step as well, if that is nested too deeply to be written back', () => {
    const nested = '['.repeat(100_000) + ']'.repeat(100_000);
    const ofRecord = JSON.stringify(example).replace(/}$/, `,"colour":${nested}}`);
    const ofStep = JSON.stringify(example).replace('"status":"started"', `$&,"colour":${nested}`);
    for (const text of [ofRecord, ofStep])
      expect(refusal(() => parseLockDocument(text))).toBe('a value in it is nested too deeply.');
  });

  it('either reads a damaged record or refuses it with the same error, whatever the damage', () =>
    fc.assert(
      fc.property(lockRecords, fc.nat(), fc.string({ maxLength: 3 }), (record, at, damage) => {
        const text = lockDocument(record);
        const place = at % text.length;
        const damaged = text.slice(0, place) + damage + text.slice(place + 1);
        const why = refusal(() => lockDocument(parseLockDocument(damaged)));
        expect(why).toMatch(/^(it|its|a value) .+\.$|^It was not refused\.$/s);
      }),
      { numRuns: 250 },
    ));
});

describe('isLockState', () => {
  it.each(['held', 'released', 'completed', 'failed'])('knows %s', (state) => expect(isLockState(state)).toBe(true));

  it.each(['', 'Held', 'absent', 'toString', ['held'], null, undefined])('does not know %j', (state) =>
    expect(isLockState(state)).toBe(false),
  );
});

describe('stepBytes', () => {
  it('is what a record grows by when the step is added to others', () =>
    fc.assert(
      fc.property(lockRecords, steps, steps, (record, first, second) => {
        const bytesWith = (...of: readonly Step[]): number => Buffer.byteLength(lockDocument({ ...record, steps: of }));
        expect(bytesWith(first, second) - bytesWith(first)).toBe(stepBytes(second));
      }),
    ));
});
