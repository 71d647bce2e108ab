import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

// Two builds of the whole app: too long for every run.
it('azd would deploy the folder that "npm run package" makes, file by file', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/check-azd.mjs'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^azd would deploy [1-9]\d* files, 0 problems\n$/);
  expect(status).toBe(0);
});
