import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const linesOf = (path: string): number => readFileSync(join(root, path), 'utf8').split('\n').length - 1;
const filesIn = (folder: string): readonly string[] => globSync(`${folder}/**/*.ts`, { cwd: root });

describe('The house', () => {
  it.each(['ARCHITECTURE.md', 'CONTRIBUTING.md'])('has every file and folder that %s names', (document) => {
    const text = readFileSync(join(root, document), 'utf8');
    const named = [...text.matchAll(/`((?:src|test|packages|docs|tools|bench)\/[^`\s]*)`/g)].map(
      ([, path = '']) => path,
    );
    expect(named.length).toBeGreaterThan(0);
    // What is installed by the command that needs it may be missing.
    const isThere = (path: string) =>
      existsSync(join(root, path)) || globSync(path, { cwd: root }).length > 0 || path.endsWith('node_modules');
    expect(named.filter((path) => !isThere(path))).toEqual([]);
  });

  it('has rooms with no more than 12 files side by side, so that a room is seen at a glance', () => {
    const folders = new Set(
      [...filesIn('src/application'), ...filesIn('src/entrypoints')].map((file) => join(file, '..')),
    );
    const full = [...folders].filter(
      (folder) =>
        readdirSync(join(root, folder), { withFileTypes: true }).filter((entry) => entry.isFile()).length > 12,
    );
    expect(full).toEqual([]);
  });

  it('has no file of more than 300 lines', () => {
    expect(filesIn('src').filter((file) => linesOf(file) > 300)).toEqual([]);
  });

  it('has hosts and their composition in fewer than 2,600 lines: what can be shared is an adapter', () => {
    expect(filesIn('src/entrypoints').reduce((sum, file) => sum + linesOf(file), 0)).toBeLessThan(2600);
  });
});
