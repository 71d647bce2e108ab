import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import config from '../../vitest.config.ts';
import { cases } from './cases.ts';

const files = (patterns: readonly string[] = [], exclude: readonly string[] = []): string[] =>
  globSync([...patterns], { exclude: [...exclude, '**/node_modules/**'] }).sort();

/** The files of each project of the test run. */
const projects = new Map(
  (config.test?.projects ?? []).map((project) => {
    if (typeof project !== 'object' || !('test' in project))
      throw new Error('A project of the test run is not inline.');
    const { name, include, exclude } = project.test ?? {};
    return [String(name), files(include, exclude)];
  }),
);
const filesOf = (...names: readonly string[]): string[] => names.flatMap((name) => projects.get(name) ?? []);
const scripts: Readonly<Record<string, string>> = JSON.parse(readFileSync('package.json', 'utf8')).scripts;
const projectsOf = (script: string): string[] =>
  [...(scripts[script] ?? '').matchAll(/--project (\S+)/g)].map(([, name = '']) => name);

describe('npm test and npm run test:deep', () => {
  const all = files(['test/**/*.test.ts', 'packages/*/test/**/*.test.ts']);
  const quick = filesOf(...projectsOf('test'));
  const deep = filesOf(...projectsOf('test:deep'));

  it('run every test file between them, and each command runs none twice', () => {
    expect(all.length).toBeGreaterThan(140);
    expect([...new Set([...quick, ...deep])].sort()).toEqual(all);
    expect(quick).toEqual([...new Set(quick)]);
    expect(deep).toEqual([...new Set(deep)]);
  });

  it('share the generated tests, of which the deep one tries more cases', () => {
    const shared = quick.filter((file) => deep.includes(file));
    for (const [name, { quick: few, deep: many }] of Object.entries(cases)) {
      const users = all.filter((file) => readFileSync(file, 'utf8').includes(`'${name}'`));
      expect(users, `the test of "${name}"`).toHaveLength(1);
      expect(shared).toContain(users[0]);
      expect(few).toBeGreaterThan(0);
      expect(many).toBeGreaterThan(few);
    }
  });

  it('are both called where a change is judged', () => {
    const judged = readFileSync('.ci/run', 'utf8');
    for (const command of ['npm test', 'npm run test:deep', 'npm run check']) expect(judged).toContain(command);
  });
});
