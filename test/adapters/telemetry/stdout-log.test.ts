import { PassThrough } from 'node:stream';
import { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { logTo, type StreamLogOptions } from '../../../src/adapters/telemetry/stdout-log.ts';

/** What Node.js asks for the colours of a terminal before TERM; a CI service has none in its eyes. Source: tty.WriteStream.getColorDepth. */
const askedBeforeTerm = [
  'FORCE_COLOR',
  'NODE_DISABLE_COLORS',
  'NO_COLOR',
  'TMUX',
  'TF_BUILD',
  'AGENT_NAME',
  'CI',
  'TEAMCITY_VERSION',
];

beforeEach(() => {
  for (const name of askedBeforeTerm) vi.stubEnv(name, undefined);
  vi.stubEnv('TERM', 'xterm-256color');
});
afterEach(() => void vi.unstubAllEnvs());

/** What a log writes to a pipe, or to a terminal as Node.js knows one. */
function written({ isTerminal, ...options }: StreamLogOptions & { readonly isTerminal: boolean }): string {
  const pipe = new PassThrough({ encoding: 'utf8' });
  const { getColorDepth } = WriteStream.prototype;
  const log = logTo(isTerminal ? Object.assign(pipe, { isTTY: true, getColorDepth }) : pipe, options);
  log('debug', 'Looked.');
  log('warn', 'Message order-1: late.', { messageId: 'order-1' });
  return pipe.read() ?? '';
}

const lineForPeople = /^\d\d:\d\d:\d\d\.\d{3}Z warn {2}order-1 {2}late\.\n$/;

describe('The log of a process', () => {
  it('is lines for people, in colours, on a terminal', () => {
    const text = written({ isTerminal: true });
    expect(stripVTControlCharacters(text)).toMatch(lineForPeople);
    expect(text).toContain('\u001b[33mwarn \u001b[39m');
  });

  it.each(['NO_COLOR', 'NODE_DISABLE_COLORS'])('has no colours on a terminal where %s is set', (name) => {
    vi.stubEnv(name, '1');
    expect(written({ isTerminal: true })).toMatch(lineForPeople);
  });

  it('is one JSON object a line in a pipe', () => {
    expect(JSON.parse(written({ isTerminal: false }))).toEqual({
      time: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      level: 'warn',
      message: 'Message order-1: late.',
      messageId: 'order-1',
    });
  });

  it('is what LOG_FORMAT says, whatever it is written to', () => {
    expect(written({ isTerminal: true, format: 'json' })).toMatch(/^\{"time":.*\}\n$/);
    expect(written({ isTerminal: false, format: 'pretty' })).toMatch(lineForPeople);
  });

  it('has as much as LOG_LEVEL says', () => {
    expect(written({ isTerminal: false, level: 'debug' })).toContain('Looked.');
    expect(written({ isTerminal: false, level: 'error' })).toBe('');
  });
});
