import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type Columns, roughly, Terminal, visible } from '../../../src/adapters/operator-cli/terminal.ts';

const columns: Columns<{ readonly id: string; readonly count: number }> = [
  ['ID', ({ id }) => id],
  ['COUNT', ({ count }) => String(count)],
];

function terminal(isJson = false) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  return { terminal: new Terminal({ stdin, stdout, stderr, isJson }), stdout, stderr };
}
const text = (stream: PassThrough): string => String(stream.read() ?? '');

describe('What a terminal shows', () => {
  it('is a table, titled once, as wide as its first rows need it', async () => {
    const { terminal: shown, stdout } = terminal();
    await shown.rows([{ id: 'order-1', count: 2 }], columns);
    await shown.rows([{ id: 'x', count: 10 }], columns);
    expect(text(stdout)).toBe('ID       COUNT\norder-1  2\nx        10\n');
  });

  it('is a JSON object a line for a program, and nothing else on the standard output', async () => {
    const { terminal: shown, stdout, stderr } = terminal(true);
    await shown.rows([{ id: 'order-1', count: 2 }], columns);
    shown.note('1 order.');
    shown.progress('1 of 2');
    expect(text(stdout)).toBe('{"id":"order-1","count":2}\n');
    expect(text(stderr)).toBe('1 order.\n');
  });

  it('waits for a reader that is slow', async () => {
    const { terminal: shown, stdout } = terminal();
    let isWritten = false;
    const long = { id: 'x'.repeat(100_000), count: 1 };
    const writing = shown.rows([long], columns).then(() => (isWritten = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isWritten).toBe(false);
    stdout.resume();
    await writing;
  });

  it.each([
    ['\u001b[2J', '\\u{1b}[2J'],
    ['a\nb\u0007', 'a\\u{a}b\\u{7}'],
    ['\u202egnp.exe', '\\u{202e}gnp.exe'],
    ['Bestellung/ä 😀', 'Bestellung/ä 😀'],
    ['\ud83d', '\ufffd'],
  ])('obeys nothing that is in a text: %j', (given, shown) => expect(visible(given)).toBe(shown));

  it.each([
    [0, '0 s'],
    [119_000, '119 s'],
    [120_000, '2 min'],
    [7_200_000, '2 h'],
    [2 * 86_400_000, '2 d'],
  ])('is a length of time in its largest unit: %i ms', (ms, shown) => expect(roughly(ms)).toBe(shown));

  it('takes it for a no if nobody is there to answer', async () => {
    expect(await terminal().terminal.asks('Do it?')).toBe(false);
  });
});
