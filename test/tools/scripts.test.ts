import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  spawnSync(process.execPath, [...args], { cwd: fileURLToPath(root), encoding: 'utf8', env });

describe('The npm scripts', () => {
  it.each(Object.entries<string>(scripts).filter(([name]) => name !== 'prepare'))(
    'put no shell between npm and the program of "%s", which would die of a signal alone',
    (_name, command) => {
      expect(command).toMatch(/^(node tools\/run\.mjs|npm test --) [^&|;<>$"'`]+$/);
    },
  );

  it('hand settings and arguments to the program, and a setting of the user wins', () => {
    const program = ['tools/run.mjs', 'GREETING=hello', 'NAME=world', 'test/tools/told.mjs', 'A=b', '--flag'];
    expect(run(program, { NAME: 'moon' }).stdout).toBe('hello moon A=b --flag\n');
  });

  it('say what to install if "start:functions" finds no Core Tools', () => {
    const { status, stderr } = run(['tools/start-functions.mjs'], { PATH: '/nowhere' });
    expect(status).toBe(1);
    expect(stderr).toContain('npm install -g azure-functions-core-tools@4');
    expect(stderr).not.toContain('    at ');
  });
});
