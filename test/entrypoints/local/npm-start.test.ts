import { describe, it } from 'vitest';
import { endsWithNpm } from './npm-start-fixture.ts';

describe('npm start', () => {
  it('ends with npm at SIGTERM to npm alone, as a container or a service manager sends it', () =>
    endsWithNpm('SIGTERM'));
});
