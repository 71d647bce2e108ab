import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

/** Runs the check where no compiler can be found: with an empty home and nothing on the path. */
function checkWithoutCompiler(args: readonly string[] = [], variables: Readonly<Record<string, string>> = {}) {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const env = { PATH: '', HOME: home, USERPROFILE: home, ...variables };
  return spawnSync(process.execPath, ['tools/check-infra.mjs', ...args], { env, encoding: 'utf8' });
}

describe('npm run check:infra, without a compiler,', () => {
  it('says loudly what it skipped, and what would bring a compiler', () => {
    const { status, stderr } = checkWithoutCompiler();
    expect(stderr).toContain('SKIPPED: the template was NOT compiled.');
    expect(stderr).toContain('Not checked: that infra/ builds and lints without a warning');
    expect(stderr).toContain('To check all: install the Azure CLI or azd');
    expect(status).toBe(0);
  });

  it('fails where a compiler is required', () => {
    const { status, stderr } = checkWithoutCompiler(['--required']);
    expect(stderr).toContain('SKIPPED');
    expect(status).toBe(1);
  });

  it('does not pass over one that it is given, and that does not run', () => {
    const { stderr } = checkWithoutCompiler([], { BICEP: '/nowhere/bicep' });
    expect(stderr).toContain('SKIPPED: the template was NOT compiled. BICEP is "/nowhere/bicep", which does not run.');
  });
});
