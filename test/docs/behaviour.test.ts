import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = new URL('../../docs/', import.meta.url);
const page = readFileSync(new URL('behaviour.md', folder), 'utf8');
const rows = page.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| one would guess'));

describe('docs/behaviour.md', () => {
  it('has rows', () => {
    expect(rows.length).toBeGreaterThan(15);
  });

  it.each(rows)('names a test that is there: %s', (row) => {
    const [, tests = ''] = /\| ([^|]+) \|$/.exec(row) ?? [];
    for (const test of tests.split(', [')) {
      const [, link = '', title = ''] = /\]\((\.\.\/[^)]+)\) "([^"]+)"$/.exec(test) ?? [];
      expect(link).toMatch(/\/test\//);
      expect(readFileSync(new URL(link, folder), 'utf8')).toContain(title);
    }
  });
});
