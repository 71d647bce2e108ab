import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const tool = fileURLToPath(new URL('../../tools/check-words.mjs', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));

const check = (folder: string) => spawnSync(process.execPath, [tool], { cwd: folder, encoding: 'utf8' });

/** The phrases found in a folder of many files, one of which says `text`. */
function foundIn(text: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'words-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'src'));
  for (let index = 0; index < 100; index += 1) writeFileSync(join(folder, 'src', `${index}.ts`), '');
  writeFileSync(join(folder, 'README.md'), text);
  return check(folder)
    .stderr.split('\n')
    .filter((line) => line !== '');
}

describe('The check of words', () => {
  it('finds nothing in the sources and documents', () => {
    const { status, stderr } = check(root);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it.each([
    'That is no lock.',
    'An error if it is none.',
    'The store does not serve.',
    'The queue is not to be reached.',
    'The ID stands in it.',
    'It lets the rest pass by.',
    'Their clocks part.',
    'Clients are dear to make.',
    'It waits for ever.',
  ])('finds "%s", with its place and what to write', (text) => {
    expect(foundIn(`Good.\n${text}\n`)).toEqual([expect.stringMatching(/^README\.md:2: "[^"]+": write "/)]);
  });

  it.each([
    'The lock is no longer held.',
    'There is no lock, and there are no others.',
    'It is not a lock.',
    'It is no more than 5.',
  ])('leaves "%s" alone', (text) => {
    expect(foundIn(text)).toEqual([]);
  });

  it('fails if it sees hardly any files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'words-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
    expect(check(folder).status).toBe(1);
  });
});
