import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const textOf = (file: string): string => readFileSync(file, 'utf8');

// What is missing is undefined in a Function App alone, where it fails only once it is used.
it('The lean undici of the bundle has all that the source imports from undici', () => {
  const imported = globSync('src/**/*.ts').flatMap((file) =>
    [...textOf(file).matchAll(/^import \{([^}]*)\} from 'undici';$/gm)].flatMap(([, names = '']) =>
      names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '' && !name.startsWith('type ')),
    ),
  );
  expect(imported).not.toEqual([]);
  const bundled = [...textOf('tools/build.mjs').matchAll(/^\s*exports\.(\w+) = require\(/gm)].map(([, name]) => name);
  expect(bundled).toEqual(expect.arrayContaining(imported));
});
