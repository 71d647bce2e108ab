import { expect, it } from 'vitest';
import { startProgram } from '../../support/started-program.ts';

it('A program whose stop takes longer than it may is ended all the same, with a status that says so', async () => {
  const program = startProgram('test/adapters/system/never-stops.ts', {});
  await program.line(/^started$/);
  program.signalGroup('SIGTERM');
  expect(await program.exited).toEqual({ code: 1, signal: null });
  expect(program.lines).toEqual(['started', 'SIGTERM: stopping.']);
});
