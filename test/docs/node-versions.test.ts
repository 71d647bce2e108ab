import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const startsTypeScript = /^(?:\w+=\S+ )*node \S*\.ts\b/m;

/** What documents tell to type, block by block, where it starts TypeScript without npm. */
const blocks = globSync(['README.md', 'docs/*.md', 'examples/**/*.md'], {
  exclude: ['**/node_modules/**'],
}).flatMap((path) =>
  readFileSync(path, 'utf8')
    .split('```')
    .filter((block) => startsTypeScript.test(block))
    .map((block) => ({ path, block })),
);

describe('What documents tell to type', () => {
  it('starts TypeScript without npm here and there', () => expect(blocks.length).toBeGreaterThan(2));

  it.each(blocks)('says beside it which Node that needs, and what to do on Node 20: $path', ({ block }) => {
    expect(block).toMatch(/# Node 22\.18 or later; on Node 20: npx node@24 /);
  });
});
