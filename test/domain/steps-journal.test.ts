import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MessageId } from '../../src/domain/message-id.ts';
import type { Step } from '../../src/domain/step.ts';
import { idempotencyKey, isStepName, recall, withStep } from '../../src/domain/steps-journal.ts';
import type { WorkKey } from '../../src/domain/work-key.ts';
import { steps as anyStep, messageIds, stepNames } from '../support/arbitraries.ts';
import { keyOf } from '../support/lock-records.ts';
import { textsOver } from '../support/texts-over.ts';

const charge: Step = { name: 'charge', status: 'finished', result: '"receipt-1"' };
const ship: Step = { name: 'ship', status: 'started', result: null };
const notify: Step = { name: 'notify', status: 'not-done', result: null };
const steps = [charge, ship, notify];

describe('recall', () => {
  it('knows nothing of a step that the work comes to for the first time', () =>
    expect(recall(steps, 3, 'bill')).toEqual({ kind: 'new' }));

  it('gives a finished step its result', () =>
    expect(recall(steps, 0, 'charge')).toEqual({ kind: 'finished', result: '"receipt-1"' }));

  it('gives a finished step that returned nothing none', () =>
    expect(recall([{ ...charge, result: null }], 0, 'charge')).toEqual({ kind: 'finished', result: null }));

  it('does not run a started step again', () => expect(recall(steps, 1, 'ship')).toEqual({ kind: 'interrupted' }));

  it('runs one again that said it did nothing', () => expect(recall(steps, 2, 'notify')).toEqual({ kind: 'new' }));

  it.each([
    ['finished', 0, 'charge'],
    ['started', 1, 'ship'],
    ['not done', 2, 'notify'],
  ])('gives nothing to a step of another name at the place of one that is %s', (_, position, recorded) =>
    expect(recall(steps, position, 'bill')).toEqual({ kind: 'other', recorded }),
  );

  it.each(['Charge', 'charge ', ' charge', 'charge 2', 'chargé', 'charg'])('takes no step for one called %j', (name) =>
    expect(recall(steps, 0, name)).toEqual({ kind: 'other', recorded: 'charge' }),
  );

  it('tells two steps of one name by their places', () => {
    const again: Step = { ...charge, result: '"receipt-2"' };
    expect(recall([charge, again], 1, 'charge')).toEqual({ kind: 'finished', result: '"receipt-2"' });
  });

  it('gives a step what its own place and name have, and no step a result that another one made', () =>
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 1, maxLength: 5 }), fc.nat(4), stepNames, (known, at, other) => {
        const position = at % known.length;
        const [step] = known.slice(position);
        fc.pre(step !== undefined && step.name !== other);
        expect(recall(known, position, other)).toEqual({ kind: 'other', recorded: step.name });
        const own = recall(known, position, step.name);
        if (step.status === 'finished') expect(own).toEqual({ kind: 'finished', result: step.result });
        else expect(own).not.toHaveProperty('result');
      }),
    ));
});

describe('withStep', () => {
  it('adds a step behind the others', () => expect(withStep([charge], 1, ship)).toEqual([charge, ship]));

  it('puts a step in the place of what was known of it, and keeps the others', () =>
    expect(withStep(steps, 1, { ...ship, status: 'finished' })).toEqual([
      charge,
      { ...ship, status: 'finished' },
      notify,
    ]));

  it('is recalled at its place, and changes none of the others and not what it was made from', () =>
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 5 }), fc.nat(5), anyStep, (before, at, step) => {
        const position = Math.min(at, before.length);
        const copy = [...before];
        const after = withStep(before, position, step);
        expect(after[position]).toBe(step);
        expect(after.toSpliced(position, 1)).toEqual(before.toSpliced(position, 1));
        expect(before).toEqual(copy);
      }),
    ));

  it('puts no step where those before it are not known: it would be recalled at another place', () => {
    expect(() => withStep([], 1, ship)).toThrow(new RangeError('No place 1 among 0 steps.'));
    expect(() => withStep([charge], 3, ship)).toThrow(RangeError);
  });
});

describe('the steps of a message', () => {
  /** How attempts before the last end: at some step, which throws; or with it, before it is stored. */
  const ends = fc.array(fc.record({ at: fc.nat(6), how: fc.constantFrom('threw', 'crashed') }), { maxLength: 6 });

  it('finish once each and keep their own results, however many attempts it takes', () =>
    fc.assert(
      fc.property(fc.array(stepNames, { maxLength: 6 }), ends, (names, earlier) => {
        const finished = new Map<number, string>();
        let known: readonly Step[] = [];
        const attempt = (end?: { readonly at: number; readonly how: string }) => {
          for (const [position, name] of names.entries()) {
            const recalled = recall(known, position, name);
            if (recalled.kind === 'finished') {
              expect(recalled.result).toBe(finished.get(position));
              continue;
            }
            expect(recalled).toEqual({ kind: 'new' });
            expect(finished.has(position)).toBe(false);
            if (position === end?.at) {
              if (end.how === 'threw') known = withStep(known, position, { name, status: 'not-done', result: null });
              return;
            }
            const result = JSON.stringify({ of: position });
            finished.set(position, result);
            known = withStep(known, position, { name, status: 'finished', result });
          }
        };
        for (const end of earlier) attempt(end);
        attempt();
        expect(known).toEqual(names.map((name, at) => ({ name, status: 'finished', result: finished.get(at) })));
      }),
    ));
});

describe('isStepName', () => {
  it.each([
    'charge',
    'a',
    'Charge the card (2nd try)',
    'ship/eu #7',
    'a_b.c-d+e',
    'zahlung-prüfen',
    '発送',
    'x'.repeat(100),
  ])('takes %s', (name) => expect(isStepName(name)).toBe(true));

  it('takes up to 100 letters, digits and those signs, of whatever script', () =>
    fc.assert(
      fc.property(stepNames, (name) => {
        expect(isStepName(name)).toBe(true);
      }),
    ));

  it.each([
    ['nothing', ''],
    ['one of 101 characters', 'x'.repeat(101)],
    ['a colon, which sets the name apart in its key', 'charge:2'],
    ['a line break', 'charge\n'],
    ['a control character', 'charge\0'],
    ['a lone surrogate', 'charge\ud83d'],
    ['what would have to be escaped in a log', 'charge"'],
    ['no text', 7],
    ['no value', undefined],
  ])('refuses %s', (_, name) => expect(isStepName(name)).toBe(false));
});

describe('idempotencyKey', () => {
  // A key of another form would repeat effects that an attempt has made before a deployment.
  it.each([
    [{ id: 'order-1' }, 'charge', 1, 'messages:order-1:charge'],
    [{ id: 'order-1' }, 'charge', 2, 'messages:order-1:charge:2'],
    [{ id: 'order-1' }, 'charge', 11, 'messages:order-1:charge:11'],
    [{ id: 'order-1' }, 'ship/eu #7', 1, 'messages:order-1:ship~2Feu~20~237'],
    [{ id: 'order-1' }, '2', 1, 'messages:order-1:2'],
    [{ id: 'order-1' }, '発送', 1, 'messages:order-1:~E7~99~BA~E9~80~81'],
    [{ id: 'order:1/é' }, 'charge', 1, 'messages:order~3A1~2F~C3~A9:charge'],
    [{ id: '1', source: '/shop' }, 'charge', 1, 'messages:~2Fshop~~1:charge'],
    [{ id: '1', scope: 'invoices/a' }, 'charge', 1, 'invoices~2Fa:1:charge'],
  ])('of message %j, step %j, time %i is %s in every attempt', (work, name, time, key) =>
    expect(idempotencyKey({ scope: 'messages', ...work } as WorkKey, name, time)).toBe(key),
  );

  it('is of one step of one message only', () => {
    const ids = textsOver([':', '~', '3', 'A', '1'], 3) as readonly MessageId[];
    const names = textsOver(['1', ' ', 'A'], 2);
    const keys = ids.flatMap((id) =>
      names.flatMap((name) => [1, 2, 11].map((time) => idempotencyKey(keyOf(id), name, time))),
    );
    expect(new Set(keys).size).toBe(ids.length * names.length * 3);
  });

  it('can be read back, so that no two steps of any messages share one', () =>
    fc.assert(
      fc.property(messageIds, stepNames, fc.integer({ min: 1, max: 500 }), (id, name, time) => {
        const key = idempotencyKey(keyOf(id), name, time);
        const [scope, of, step, occurrence = '1'] = key.split(':').map(decoded);
        expect([scope, of, step, Number(occurrence)]).toEqual(['queue', id, name, time]);
      }),
    ));

  it('is the same after it was sent as an HTTP header, which takes few characters and cuts spaces at its ends', () =>
    fc.assert(
      fc.property(messageIds, stepNames, fc.integer({ min: 1, max: 500 }), (id, name, time) => {
        const key = idempotencyKey(keyOf(id), name, time);
        expect(new Headers({ 'idempotency-key': key }).get('idempotency-key')).toBe(key);
      }),
    ));
});

const decoded = (escaped: string): string => decodeURIComponent(escaped.replaceAll('~', '%'));
