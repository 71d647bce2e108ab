import { describe, it } from 'vitest';
import { endsWithNpm } from './npm-start-fixture.ts';

describe('npm start', () => {
  it.each([
    ['SIGHUP', 'which npm does not pass on'],
    ['SIGKILL', 'which nobody can pass on'],
  ] as const)('ends with npm at %s to npm alone, %s', (signal, _how) => endsWithNpm(signal));
});
