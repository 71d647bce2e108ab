import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { expect, it } from 'vitest';
import { planted } from './mutant.ts';
import { mutants } from './mutants.ts';

it.each(mutants)('$name: can still be planted, and gives a program that runs', (mutant) => {
  const source = readFileSync(mutant.file, 'utf8');
  const bug = planted(mutant, source);
  expect(bug).not.toBe(source);
  expect(stripTypeScriptTypes(bug)).toBeTruthy();
});

it('names each mutant differently', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
});

it('plants nothing where the code has changed', () => {
  const mutant = { name: 'a bug', file: 'a.ts', text: 'good', replacement: 'bad', danger: 'all' };
  expect(planted(mutant, 'a good thing')).toBe('a bad thing');
  expect(() => planted(mutant, 'a new thing')).toThrow('stands 0 times in a.ts');
  expect(() => planted(mutant, 'a good good thing')).toThrow('stands 2 times in a.ts');
});
