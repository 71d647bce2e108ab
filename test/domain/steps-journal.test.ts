import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MessageId } from '../../src/domain/message-id.ts';
import type { Step } from '../../src/domain/step.ts';
import { idempotencyKey, isStepName, recall, withStep } from '../../src/domain/steps-journal.ts';
import { steps as anyStep, messageIds } from '../support/arbitraries.ts';
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

  it('tells two steps of one name by their places', () => {
    const again: Step = { ...charge, result: '"receipt-2"' };
    expect(recall([charge, again], 1, 'charge')).toEqual({ kind: 'finished', result: '"receipt-2"' });
  });
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
  it('is the message ID and the name of the step, whatever the attempt', () =>
    expect(idempotencyKey('order-1' as MessageId, 'charge', 1)).toBe('order-1:charge'));

  it('counts where the name comes again', () =>
    expect(idempotencyKey('order-1' as MessageId, 'charge', 2)).toBe('order-1:charge:2'));

  it('has the message ID in a form that many systems take', () =>
    expect(idempotencyKey('order:1/é' as MessageId, 'charge', 1)).toBe('order~3A1~2F~C3~A9:charge'));

  it('is of one step of one message only', () => {
    const ids = textsOver([':', '~', '3', 'A', '1'], 3) as readonly MessageId[];
    const names = textsOver(['1', ' ', 'A'], 2);
    const keys = ids.flatMap((id) => names.flatMap((name) => [1, 2, 11].map((time) => idempotencyKey(id, name, time))));
    expect(new Set(keys).size).toBe(ids.length * names.length * 3);
  });

  it('can be read back, so that no two steps of any messages share one', () =>
    fc.assert(
      fc.property(
        messageIds,
        fc.stringMatching(/^[A-Za-z0-9 _./()#+-]{1,20}$/),
        fc.integer({ min: 1, max: 500 }),
        (id, name, time) => {
          const [escaped, of, occurrence = '1'] = idempotencyKey(id, name, time).split(':');
          expect([decodeURIComponent((escaped ?? '').replaceAll('~', '%')), of, Number(occurrence)]).toEqual([
            id,
            name,
            time,
          ]);
        },
      ),
    ));
});
