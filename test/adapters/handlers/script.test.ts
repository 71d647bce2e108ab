import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseScript, ScriptError } from '../../../src/adapters/handlers/script.ts';
import { PermanentFailure } from '../../../src/domain/step-errors.ts';

const parse = (value: unknown) => parseScript({ kind: 'json', value });
const plain = { ms: 0, failTimes: 0, permanent: false, block: false, hang: false, atMostOnce: false };

describe('A script', () => {
  it('has steps, of which only the name is needed', () => {
    const steps = [{ name: 'reserve' }, { ...plain, name: 'charge', ms: 200, failTimes: 1, atMostOnce: true }];
    expect(parse({ steps })).toEqual({ steps: [{ name: 'reserve', ...plain }, steps[1]] });
  });

  it.each(['permanent', 'block', 'hang', 'atMostOnce'])('can have a step that is marked %s', (flag) => {
    expect(parse({ steps: [{ name: 'charge', [flag]: true }] })).toEqual({
      steps: [{ ...plain, name: 'charge', [flag]: true }],
    });
  });

  it('can have a step that takes an hour', () => {
    expect(parse({ steps: [{ name: 'charge', ms: 3_600_000 }] })).toMatchObject({ steps: [{ ms: 3_600_000 }] });
  });

  it('may have no steps at all', () => expect(parse({ steps: [] })).toEqual({ steps: [] }));

  it.each([
    ['text', 'charge', 'no list "steps"'],
    ['nothing', null, 'no list "steps"'],
    ['a list', [{ name: 'charge' }], 'no list "steps"'],
    ['an object without steps', {}, 'no list "steps"'],
    ['steps that are no list', { steps: { name: 'charge' } }, 'no list "steps"'],
    ['a step that is no object', { steps: [{ name: 'a' }, 'charge'] }, 'step 2 is not an object'],
    ['a step without a name', { steps: [{ ms: 1 }] }, 'step 1 has no "name"'],
    ['an empty name', { steps: [{ name: '' }] }, 'step 1 has no "name"'],
    ['a name of a number', { steps: [{ name: 1 }] }, 'step 1 has no "name"'],
    ['a misspelt member', { steps: [{ name: 'a', failtimes: 1 }] }, 'step 1 has an unknown member "failtimes"'],
    ['a time of a text', { steps: [{ name: 'a', ms: '1' }] }, 'step 1 has an "ms"'],
    ['a negative time', { steps: [{ name: 'a', ms: -1 }] }, 'step 1 has an "ms"'],
    ['a time of parts of a millisecond', { steps: [{ name: 'a', ms: 0.5 }] }, 'step 1 has an "ms"'],
    ['a time over an hour', { steps: [{ name: 'a', ms: 3_600_001 }] }, 'step 1 has an "ms"'],
    ['a count of failures that is none', { steps: [{ name: 'a', failTimes: true }] }, 'step 1 has a "failTimes"'],
    ['a mark that is neither true nor false', { steps: [{ name: 'a', hang: 1 }] }, 'step 1 has a "hang"'],
  ])('is not %s: it fails for good, and says what to send', (_what, value, words) => {
    expect(() => parse(value)).toThrow(ScriptError);
    expect(() => parse(value)).toThrow(PermanentFailure);
    expect(() => parse(value)).toThrow(words);
    expect(() => parse(value)).toThrow('Send {"steps":[{"name":"charge"');
  });

  it('is documented with every member of a step, and its default', () => {
    const page = readFileSync(new URL('../../../docs/handler.md', import.meta.url), 'utf8');
    const rows = page.slice(page.indexOf('| member of a step |')).matchAll(/^\| `(\w+)` \|(?: `(\w+)`)? \|/gm);
    const told = Object.fromEntries([...rows].map(([, member = '', value = '']) => [member, value]));
    const [step] = parse({ steps: [{ name: 'charge' }] }).steps;
    expect(told).toEqual(
      Object.fromEntries(
        Object.entries(step ?? {}).map(([member, value]) => [member, member === 'name' ? '' : String(value)]),
      ),
    );
  });

  it('is not content of another type than JSON', () => {
    expect(() => parseScript({ kind: 'binary', bytes: Buffer.from('{"steps":[]}') })).toThrow(ScriptError);
  });
});
