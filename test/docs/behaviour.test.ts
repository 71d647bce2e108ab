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
    const [, link = '', title = ''] = /\]\((\.\.\/test\/[^)]+)\) "([^"]+)" \|$/.exec(row) ?? [];
    expect(link).not.toBe('');
    expect(readFileSync(new URL(link, folder), 'utf8')).toContain(title);
  });
});
