import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../../src/adapters/environment/duration.ts';
import { type Operations, UsageError } from '../../../src/adapters/operator-cli/command.ts';
import { runCommandLine } from '../../../src/adapters/operator-cli/run-command.ts';
import { LockStoreError } from '../../../src/application/ports/lock-store.ts';
import { LockUndecidedError } from '../../../src/domain/errors.ts';
import { messageId } from '../../support/lock-records.ts';

async function run(args: readonly string[], operations: () => Operations = () => ({}) as Operations) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const code = await runCommandLine({
    args,
    stdin,
    stdout,
    stderr,
    signal: new AbortController().signal,
    parseDuration,
    operations,
    unreachable: (error) => (error instanceof RangeError ? 'The queue cannot be reached.' : undefined),
  });
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

describe('isb', () => {
  it('without a command tells its commands, and that this was not one', async () => {
    const { code, out } = await run([]);
    expect(code).toBe(2);
    for (const command of ['locks list', 'dead redrive', 'orphans']) expect(out).toContain(`  ${command} `);
    expect(await run(['--help'])).toMatchObject({ code: 0, out });
  });

  it('tells the options of a command', async () => {
    const { code, out } = await run(['locks', 'release', '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/^isb locks release <message ID>\n/);
    expect(out).toContain('--force');
    expect(out).toContain('--json');
  });

  it('tells no option that runs into what it is for', async () => {
    for (const command of [[], ['dead', 'redrive'], ['locks', 'answer']]) {
      const { out } = await run([...command, '--help']);
      const options = out.split('\n').filter((line) => line.startsWith('  --'));
      expect(options.length).toBeGreaterThan(3);
      for (const line of options) expect(line).toMatch(/^ {2}--[a-z-]+(?: <[^>]+>)? {2,}\S/);
    }
  });

  it.each([
    [['lock', 'list'], '"isb lock list" is not a command.'],
    [['locks', 'show'], '"isb locks show" takes <message ID>.'],
    [['locks', 'list', '--states', 'held'], "Unknown option '--states'"],
    [['locks', 'list', '--state', 'dead'], '--state is "dead", but must be of held, released, completed, failed.'],
    [['locks', 'list', '--older', '5m'], '--older is "5m", but must be an ISO 8601 duration'],
    [['locks', 'list', '--limit', '0'], '--limit is "0", but must be a whole number from 1 on.'],
    [['dead', 'list', '--verdict', 'dead'], '--verdict is "dead", but must be of already-done,'],
    [['dead', 'list', '--since', 'today'], '--since is "today", but must be a time'],
    [['dead', 'redrive', '--yes'], 'Which ones?'],
    [['dead', 'redrive', '--verdict', 'already-done'], 'What is already-done is never re-driven.'],
    [['dead', 'redrive', '1', '--duplicate-detection', 'maybe'], '--duplicate-detection is "maybe"'],
    [['dead', 'complete', '--yes'], '--reason is missing'],
  ])('says what is wrong with %j', async (args, message) => {
    const { code, out, err } = await run(args, () => ({ identity: (id: string) => ({ id }) }) as unknown as Operations);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  it('refuses to put the dead letters of a subscription on its topic, unless told to', async () => {
    const operations = () => ({ reachesOthers: 'Every subscription gets it again.' }) as Operations;
    expect(await run(['dead', 'redrive', '1'], operations)).toMatchObject({
      code: 2,
      err: expect.stringContaining('Every subscription gets it again.'),
    });
  });

  it.each([
    ['settings that cannot be used', new UsageError('LOCK_TTL is bad.'), 2, 'LOCK_TTL is bad.'],
    ['a store that cannot be asked', new LockStoreError('No such container.', { isTransient: false }), 5, 'No such'],
    [
      'a store that does not answer in time',
      new LockUndecidedError({ id: messageId('m') }, new LockStoreError('ECONNREFUSED.', { isTransient: true })),
      5,
      'ECONNREFUSED.',
    ],
    ['a queue that cannot be reached', new RangeError('x'), 5, 'The queue cannot be reached.'],
  ])('ends with a code of its own for %s', async (_, error, code, message) => {
    const ended = await run(['status'], () => {
      throw error;
    });
    expect(ended).toMatchObject({ code, err: expect.stringContaining(message) });
  });

  it('hides no fault of its own', async () => {
    const ended = run(['status'], () => {
      throw new TypeError('x is not a function');
    });
    await expect(ended).rejects.toThrow(TypeError);
  });
});
