import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HostJson } from '../../../src/adapters/azure-functions/host-json.ts';
import { proveHost, routePrefixProblems } from '../../../src/adapters/azure-functions/host-proof.ts';
import { parseTimeSpan } from '../../../src/adapters/azure-functions/time-span.ts';

const prove = (content: object, environment: Readonly<Record<string, string>> = {}) =>
  proveHost(new HostJson(content, environment));

const host = (serviceBus: object = {}, others: object = {}) => ({
  functionTimeout: '00:05:00',
  extensions: { serviceBus: { maxAutoLockRenewalDuration: '00:06:00', ...serviceBus } },
  ...others,
});

function hostJsonFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'host-json-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'host.json'), text);
  return folder;
}

describe('The proof of host.json', () => {
  it('accepts a host that keeps every rule, and gives its time out', () => {
    expect(prove(host())).toEqual({ functionTimeoutMs: 300_000, problems: [], warnings: [] });
  });

  it.each([
    ['no time out', { ...host(), functionTimeout: undefined }, 'functionTimeout is not set'],
    ['a time out without an end', { ...host(), functionTimeout: '-1' }, 'functionTimeout in host.json is "-1"'],
    ['a peek-lock that ends with the execution', host({ maxAutoLockRenewalDuration: '00:05:59' }), 'at least 360 s'],
    ['the default peek-lock renewal', host({ maxAutoLockRenewalDuration: undefined }), 'is "00:05:00"'],
    ['a renewal that is no time', host({ maxAutoLockRenewalDuration: 'PT6M' }), 'must be a time'],
    ['messages that nobody settles', host({ autoCompleteMessages: false }), 'must be true'],
    ['batches', host({ maxMessageBatchSize: 10 }), 'never taken in batches'],
    ['a wait for batches', host({ maxBatchWaitTime: '00:00:10' }), 'never taken in batches'],
    ['two calls of one session', host({ maxConcurrentCallsPerSession: 2 }), 'must be 1'],
    ['more prefetched than there is room for', host({ prefetchCount: 17 }), 'there is room for maxConcurrentCalls 16'],
    ['names of an older extension', host({ messageHandlerOptions: {} }), 'which the host ignores'],
  ])('refuses %s', (_what, content, words) => {
    const { problems } = prove(content);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(words);
  });

  it('refuses another route prefix, for the functions over HTTP', () => {
    const content = { ...host(), extensions: { ...host().extensions, http: { routePrefix: '' } } };
    expect(prove(content).problems).toEqual([]);
    expect(routePrefixProblems(new HostJson(content, {}))).toEqual([expect.stringContaining('must be "api"')]);
    expect(routePrefixProblems(new HostJson(host(), {}))).toEqual([]);
  });

  it('accepts sessions, one call each', () => {
    const sessions = { maxConcurrentSessions: 8, maxConcurrentCallsPerSession: 1, sessionIdleTimeout: '00:00:30' };
    expect(prove(host(sessions)).problems).toEqual([]);
  });

  it('accepts a renewal for ever', () => {
    expect(prove(host({ maxAutoLockRenewalDuration: '-00:00:00.0010000' })).problems).toEqual([]);
  });

  it('warns of prefetch', () => {
    expect(prove(host({ prefetchCount: 16 })).warnings[0]).toContain('can lose its peek-lock');
  });

  it('takes an app setting before host.json, whatever its case', () => {
    const { functionTimeoutMs, problems } = prove(host(), {
      AzureFunctionsJobHost__functionTimeout: '00:04:00',
      azurefunctionsjobhost__EXTENSIONS__ServiceBus__maxMessageBatchSize: '5',
    });
    expect(functionTimeoutMs).toBe(240_000);
    expect(problems).toHaveLength(1);
  });

  it('names all problems at once', () => {
    expect(
      prove({ extensions: { serviceBus: { autoComplete: true, autoCompleteMessages: false } } }).problems,
    ).toHaveLength(4);
  });

  it('tells a new app both settings that it needs, in one round', () => {
    expect(prove({ version: '2.0' }).problems).toEqual([
      expect.stringContaining('Set it to "00:05:00"'),
      expect.stringContaining('must be at least 360 s'),
    ]);
  });
});

describe('host.json', () => {
  it('is read with comments, names of any case, and a byte order mark', () => {
    const folder = hostJsonFile(
      '\uFEFF{ // 5 min\n "FunctionTimeout": /* "no" */ "00:05:00", "note": "https://x /* y */" }',
    );
    const read = HostJson.read(folder, {});
    expect(read.get('functionTimeout')).toBe('00:05:00');
    expect(read.get('note')).toBe('https://x /* y */');
  });

  it.each(['', '{', 'null,'])('that is broken is named with its path: %j', (text) => {
    const folder = hostJsonFile(text);
    expect(() => HostJson.read(folder, {})).toThrow(`${join(folder, 'host.json')} cannot be read`);
  });

  it('that is not there is named with its path', () => {
    expect(() => HostJson.read('/nowhere', {})).toThrow('/nowhere/host.json cannot be read');
  });
});

describe('A time span', () => {
  it.each([
    ['00:05:00', 300_000],
    ['1.12:00:01', 129_601_000],
    ['00:00:00.5', 500],
    ['00:00:00.0010000', 1],
    ['23:59:59.9999999', 86_399_999],
  ])('%s is %i ms', (text, duration) => {
    expect(parseTimeSpan(text)).toBe(duration);
  });

  it.each(['', '5', '24:00:00', '00:60:00', '-00:01:00', 'PT5M', '00:05'])('is not %j', (text) => {
    expect(parseTimeSpan(text)).toBeUndefined();
  });
});
