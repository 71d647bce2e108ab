import { describe, expect, it } from 'vitest';
import { jsonLines } from '../../../src/adapters/telemetry/json-lines.ts';
import type { Log } from '../../../src/adapters/telemetry/log.ts';

/** The text that `log` writes. */
function written(use: (log: Log) => void): string {
  const lines: string[] = [];
  use(
    jsonLines(
      (line) => lines.push(line),
      () => '2024-02-19T00:24:11.314Z',
    ),
  );
  return lines.join('\n');
}

const factsOf = (facts: Readonly<Record<string, unknown>>): unknown =>
  JSON.parse(written((log) => log('info', 'Something happened.', facts)));

describe('A line of the log', () => {
  it('is one JSON object with time, level, sentence and facts', () => {
    const line = written((log) =>
      log('warn', 'One thing\nhappened: "ä".', { event: 'thing', count: 2, nothing: null }),
    );
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toEqual({
      time: '2024-02-19T00:24:11.314Z',
      level: 'warn',
      message: 'One thing\nhappened: "ä".',
      event: 'thing',
      count: 2,
      nothing: null,
    });
  });

  it('needs no facts', () => {
    expect(written((log) => log('info', 'Ready.'))).toBe(
      '{"time":"2024-02-19T00:24:11.314Z","level":"info","message":"Ready."}',
    );
  });

  it('keeps its own members, whatever the facts are called', () => {
    const line = written((log) => log('info', 'Ready.', { a: 1, message: 'x', level: 'x', time: 'x' }));
    expect(line).toBe('{"time":"2024-02-19T00:24:11.314Z","level":"info","message":"Ready.","a":1}');
  });

  it('shows an error with its causes, also deep among the facts', () => {
    const root = new RangeError('too long');
    const error = new Error('not stored', { cause: new TypeError('no text', { cause: root }) });
    const chain = 'Error: not stored <- TypeError: no text <- RangeError: too long';
    expect(factsOf({ error, list: [{ root }] })).toMatchObject({
      error: chain,
      list: [{ root: 'RangeError: too long' }],
    });
  });

  it('shows a cause that is no error', () => {
    expect(factsOf({ error: new Error('failed', { cause: 'ECONNRESET' }) })).toMatchObject({
      error: 'Error: failed <- ECONNRESET',
    });
  });

  it('shows the errors that another one stands for', () => {
    const error = new AggregateError([new Error('first'), 'second'], 'both failed');
    expect(factsOf({ error })).toMatchObject({ error: 'AggregateError: both failed [Error: first; second]' });
  });

  it('ends, though an error is its own cause', () => {
    const error = new Error('round');
    error.cause = new Error('and round', { cause: error });
    expect(JSON.stringify(factsOf({ error }))).toContain('Error: round <- Error: and round <- Error: round');
  });

  it('shows a number that JSON cannot hold as its digits', () => {
    expect(factsOf({ sequenceNumber: 2n ** 63n })).toMatchObject({ sequenceNumber: '9223372036854775808' });
  });

  it.each([
    [
      'lead back to themselves',
      () =>
        Object.assign(
          {},
          {
            get self() {
              return this;
            },
          },
        ),
    ],
    [
      'throw when they are looked at',
      () => ({
        toJSON: () => {
          throw new Error('not me');
        },
      }),
    ],
  ])('is written without facts that %s', (_how, fact) => {
    expect(factsOf({ fact: fact() })).toEqual({
      time: '2024-02-19T00:24:11.314Z',
      level: 'info',
      message: 'Something happened.',
      unreadableFacts: expect.stringContaining('Error: '),
    });
  });
});
