import { describe, expect, it } from 'vitest';
import { fromLevel, type Log, logLevels } from '../../../src/adapters/telemetry/log.ts';
import { type Paint, prettyLines } from '../../../src/adapters/telemetry/pretty-lines.ts';

const plain: Paint = (_part, text) => text;

function written(use: (log: Log) => void, paint: Paint = plain): string {
  const lines: string[] = [];
  use(prettyLines((line) => lines.push(line), { timestamp: () => '2026-11-22T12:40:45.123Z', paint }));
  return lines.join('\n');
}

describe('A line of the log for people', () => {
  it('has time, level, message ID and sentence, and the ID only once', () => {
    const messageId = 'order-1';
    expect(
      written((log) => log('info', 'Message order-1: already completed, this duplicate is skipped.', { messageId })),
    ).toBe('12:40:45.123Z info  order-1  already completed, this duplicate is skipped.');
    expect(written((log) => log('warn', 'The message ID order-1 has an active lock', { messageId }))).toBe(
      '12:40:45.123Z warn  order-1  The message ID order-1 has an active lock',
    );
  });

  it('needs neither an ID nor facts', () => {
    expect(written((log) => log('info', 'Ready on http://127.0.0.1:7071'))).toBe(
      '12:40:45.123Z info  Ready on http://127.0.0.1:7071',
    );
  });

  it('colours its parts', () => {
    const tag: Paint = (part, text) => `<${part}>${text}</>`;
    expect(written((log) => log('error', 'Message m: failed.', { messageId: 'm' }), tag)).toBe(
      '<time>12:40:45.123Z</> <error>error</> <id>m</>  failed.',
    );
  });

  it('tells problems one a line', () => {
    const problems = ['LOCK_TTL is "x".', 'PORT is "-1".'];
    const message = `The settings cannot be used:\n- ${problems.join('\n- ')}`;
    expect(written((log) => log('error', message, { problems }))).toBe(
      '12:40:45.123Z error The settings cannot be used:\n  - LOCK_TTL is "x".\n  - PORT is "-1".',
    );
  });

  it('shows why below, unless that is the sentence, and where if a handler threw', () => {
    const error = new Error('no answer', { cause: new RangeError('too far') });
    expect(written((log) => log('warn', 'The store was not reached.', { error }))).toBe(
      '12:40:45.123Z warn  The store was not reached.\n  Error: no answer <- RangeError: too far',
    );
    expect(written((log) => log('warn', 'no', { error: new Error('no') }))).toBe('12:40:45.123Z warn  no');
    expect(
      written((log) => log('warn', 'no', { error: new Error('no'), stack: 'Error: no\n    at handle (a.ts:1)' })),
    ).toBe('12:40:45.123Z warn  no\n  Error: no\n      at handle (a.ts:1)');
  });

  it('lets no message move the cursor, start a line of its own or turn the writing round', () => {
    const messageId = 'a\n12:40:45.123Z error b\u001b[2J\u202e';
    expect(written((log) => log('info', `Message ${messageId}: submitted.`, { messageId }))).toBe(
      '12:40:45.123Z info  a\\u{a}12:40:45.123Z error b\\u{1b}[2J\\u{202e}  submitted.',
    );
  });

  it('holds no secret', () => {
    const error = new Error('sb://x;SharedAccessKey=canary');
    const facts = { error, stack: 'Error: https://a?sig=canary', problems: ['AccountKey=canary;'] };
    expect(written((log) => log('warn', 'Endpoint=sb://x;SharedAccessKey=canary', facts))).not.toContain('canary');
  });
});

describe('A log from a level on', () => {
  it.each([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
  ] as const)('leaves out what is less important than %s', (least, expected) => {
    const seen: string[] = [];
    const log = fromLevel(least, (level) => seen.push(level));
    for (const level of logLevels) log(level, 'x');
    expect(seen).toEqual(expected);
  });
});
