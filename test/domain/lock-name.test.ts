import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeId } from '../../src/domain/escaped-id.ts';
import {
  brokerMessageId,
  fileNameOf,
  type LockName,
  layoutOf,
  lockName,
  scopedName,
} from '../../src/domain/lock-name.ts';
import type { MessageId } from '../../src/domain/message-id.ts';
import { hostileTexts, messageIds, scopes } from '../support/arbitraries.ts';
import { textsOver } from '../support/texts-over.ts';

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
const named = (scope: string, id: string, source?: string): LockName =>
  lockName({ scope, id: id as MessageId, source }, sha256);

/** IDs whose escaped form is up to, and beyond, what a blob name can hold. */
const longIds = fc.oneof(
  messageIds,
  hostileTexts(1, 4).map((start) => `${start}${'\u4e00'.repeat(128 - start.length)}` as MessageId),
);

/** Sources as producers write them, and hostile ones. */
const sources = fc.oneof(hostileTexts(1, 60), hostileTexts(1, 1024), fc.webUrl());

describe('lockName', () => {
  it('is named after the message ID, in the folder of the scope', () =>
    expect(named('messages', 'dbce9dc2685c4997acb05f2067ed29a3')).toBe(
      'messages/lock-dbce9dc2685c4997acb05f2067ed29a3.lock',
    ));

  it('escapes scope and ID', () =>
    expect(named('orders/eu', '../orders')).toBe('orders~2Feu/lock-~2E~2E~2Forders.lock'));

  it('tells scope and ID to whoever reads it, or the digest of a long ID, so that no two locks share a name', () =>
    fc.assert(
      fc.property(scopes, longIds, (scope, id) => {
        const [, folder, hash, plain] =
          /^([^/]+)\/lock-(?:~~([0-9a-f]{64})|([^/]+))\.lock$/.exec(named(scope, id)) ?? [];
        expect(decoded(folder)).toBe(scope);
        if (hash === undefined) expect(decoded(plain)).toBe(id);
        else expect(hash).toBe(sha256(id));
      }),
      { numRuns: 250 },
    ));

  it('gives every pair of scope and ID over the characters of paths and escapes a name of its own', () => {
    const texts = textsOver(['.', '/', '~', '%', '2', 'E', 'a', 'A'], 2);
    const names = texts.flatMap((scope) => texts.map((id) => named(scope, id)));
    expect(new Set(names).size).toBe(texts.length ** 2);
  });

  it.each([
    ['of other case', 'Order-1', 'order-1'],
    ['of another Unicode form', '\u00e9', 'e\u0301'],
    ['that reads like the escaped form', '../a', '~2E~2E~2Fa'],
    ['that reads like a percent encoding', 'a/b', 'a%2Fb'],
    ['that reads like a lock', 'a', 'lock-a.lock'],
    ['with a space behind it', 'a', 'a '],
  ])('keeps an ID apart from one %s', (_, one, other) =>
    expect(named('messages', one)).not.toBe(named('messages', other)),
  );

  it('stays in its folder, whatever a URL makes of dots, slashes and escapes', () =>
    fc.assert(
      fc.property(scopes, longIds, (scope, id) => {
        const name = named(scope, id);
        expect(name.split('/')).toEqual([escapeId(scope), fileNameOf(name)]);
        expect(new URL(`https://account.blob.core.windows.net/locks/${name}`).pathname).toBe(`/locks/${name}`);
        expect(new URL(name, 'https://account.blob.core.windows.net/locks/').pathname).toBe(`/locks/${name}`);
        expect(name.split('/').map(encodeURIComponent).join('/')).toBe(name);
      }),
      { numRuns: 250 },
    ));

  it('fits a blob name for every ID and every scope that a queue can be named like', () =>
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('/', 'a', '.'), minLength: 1, maxLength: 260, size: 'max' }),
        longIds,
        (scope, id) => {
          expect(named(scope, id).length).toBeLessThanOrEqual(1024);
        },
      ),
    ));

  it('keeps a name of 1,024 characters, and writes the digest of the ID in a longer one', () => {
    const id = '\u4e00'.repeat(100);
    const scope = 's'.repeat(1024 - '/lock-.lock'.length - 900);
    expect(named(scope, id)).toHaveLength(1024);
    expect(named(scope, id)).toBe(`${scope}/lock-${escapeId(id)}.lock`);
    expect(named(`${scope}s`, id)).toBe(`${scope}s/lock-~~${sha256(id)}.lock`);
  });

  it('keeps a long ID apart from the ID that reads like its name', () => {
    const long = '\u4e00'.repeat(128);
    expect(named('messages', long)).toBe(`messages/lock-~~${sha256(long)}.lock`);
    expect(named('messages', `~~${sha256(long)}`)).toBe(`messages/lock-~7E~7E${sha256(long)}.lock`);
  });
});

describe('lockName of an event of another producer', () => {
  it('is named after its source and its ID', () =>
    expect(named('messages', '1', '/shop-a')).toBe('messages/lock-~2Fshop-a~~1.lock'));

  it('tells scope, source and ID to whoever reads it, so that no two locks share a name', () =>
    fc.assert(
      fc.property(scopes, sources, longIds, (scope, source, id) => {
        const name = named(scope, id, source);
        const [, folder, whole = ''] = /^([^/]+)\/lock-([^/]+)\.lock$/.exec(name) ?? [];
        const end = whole.indexOf('~~');
        expect(decoded(folder)).toBe(scope);
        if (end > 0) expect([decoded(whole.slice(0, end)), decoded(whole.slice(end + 2))]).toEqual([source, id]);
        else expect(whole).toBe(`~~~~${sha256(`${escapeId(source)}~~${escapeId(id)}`)}`);
        expect(name.length).toBeLessThanOrEqual(1024);
      }),
      { numRuns: 250 },
    ));

  it('gives every source and ID over the characters of paths and escapes a name of its own, which no plain ID has', () => {
    const texts = textsOver(['.', '/', '~', '2', 'F', 'a'], 2);
    const events = texts.flatMap((source) => texts.map((id) => named('s', id, source)));
    const plain = textsOver(['.', '/', '~', '2', 'F', 'a'], 4).map((id) => named('s', id));
    expect(new Set([...events, ...plain]).size).toBe(events.length + plain.length);
  });

  it('keeps the digest of a long source and ID apart from that of a long ID', () => {
    const id = '\u4e00'.repeat(128);
    expect(named('messages', id, 's')).toMatch(/^messages\/lock-~~~~[0-9a-f]{64}\.lock$/);
    expect(named('messages', id)).toMatch(/^messages\/lock-~~[0-9a-f]{64}\.lock$/);
    expect(named('messages', id, 's')).not.toBe(named('messages', id, 't'));
  });
});

describe('lockName, spread', () => {
  const spread = (scope: string, id: string, source?: string): LockName =>
    lockName({ scope, id: id as MessageId, source }, sha256, 'spread');

  it('has a folder of two digits in the folder of the scope, and the name of the file that it has flat', () => {
    expect(spread('orders/eu', 'order-1')).toBe('orders~2Feu/0b/lock-order-1.lock');
    expect(spread('orders', '1', '/shop-a')).toBe(
      `orders/${sha256('~2Fshop-a~~1').slice(0, 2)}/lock-~2Fshop-a~~1.lock`,
    );
  });

  it('gives every message a name of its own, that fits a blob name and tells its layout', () =>
    fc.assert(
      fc.property(scopes, longIds, fc.option(sources, { nil: undefined }), (scope, id, source) => {
        const [flat, own] = [named(scope, id, source), spread(scope, id, source)];
        expect(own.length).toBeLessThanOrEqual(1024);
        expect([layoutOf(scope, flat), layoutOf(scope, own)]).toEqual(['flat', 'spread']);
        if (flat.length <= 1021) expect(fileNameOf(own)).toBe(fileNameOf(flat));
        expect(own.split('/')).toEqual([escapeId(scope), expect.stringMatching(/^[0-9a-f]{2}$/), fileNameOf(own)]);
      }),
      { numRuns: 250 },
    ));

  it('puts IDs that grow into all folders alike', () => {
    const counts = new Map<string, number>();
    for (let number = 0; number < 25_600; number += 1) {
      const folder = spread('orders', `order-${String(number).padStart(8, '0')}`).slice(0, 'orders/00'.length);
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
    expect(counts.size).toBe(256);
    expect(Math.max(...counts.values())).toBeLessThan(150);
    expect(Math.min(...counts.values())).toBeGreaterThan(60);
  });

  it.each([
    ['a marker', 'orders/sweep.json'],
    ['another scope', 'orders2/lock-1.lock'],
    ['another scope with a name as long', 'others/lock-1.lock'],
    ['a folder that no hash begins with', 'orders/0g/lock-1.lock'],
    ['a folder of three digits', 'orders/000/lock-1.lock'],
    ['what only begins with a folder', 'orders/00/other'],
    ['a folder below the folders', 'orders/00/00/lock-1.lock'],
  ])('is not what %s has', (_, name) => expect(layoutOf('orders', name)).toBeUndefined());
});

describe('brokerMessageId', () => {
  const broker = (id: string, source?: string) =>
    brokerMessageId({ scope: 'messages', id: id as MessageId, source }, sha256);

  it('is the ID as it is, and for an event of another producer the name of its work', () => {
    expect(broker('order 1/ä')).toBe('order 1/ä');
    expect(broker('1', '/shop-a')).toBe('~2Fshop-a~~1');
  });

  it('is a digest where it would be longer than the broker takes, or where an ID reads like such a name', () => {
    expect(broker('1', 's'.repeat(125))).toHaveLength(128);
    expect(broker('1', 's'.repeat(126))).toBe(`~~~~${sha256(`${'s'.repeat(126)}~~1`)}`);
    expect(broker('~2Fshop-a~~1')).toBe(`~~${sha256('~2Fshop-a~~1')}`);
  });

  it('is never that of another message, and always one that a broker takes', () => {
    const texts = textsOver(['/', '~', '2', 'F', 'a'], 3);
    const short = textsOver(['/', '~', 'a'], 2);
    const names = [
      ...texts.map((id) => broker(id)),
      ...short.flatMap((source) => short.map((id) => broker(id, source))),
    ];
    expect(new Set(names).size).toBe(names.length);
    fc.assert(
      fc.property(longIds, fc.option(sources, { nil: undefined }), (id, source) => {
        expect(broker(id, source).length).toBeLessThanOrEqual(128);
      }),
    );
  });
});

describe('fileNameOf', () => {
  it('is the name without its folder', () =>
    fc.assert(
      fc.property(scopes, longIds, (scope, id) => {
        const name = lockName({ scope, id }, sha256);
        expect(`${escapeId(scope)}/${fileNameOf(name)}`).toBe(name);
      }),
    ));
});

describe('scopedName', () => {
  it('stays in its folder also where nothing stands around the ID', () =>
    expect(scopedName({ scope: 'messages', id: '..' as MessageId }, { before: '', after: '' }, sha256)).toBe(
      'messages/~2E~2E',
    ));
});

/** What an escaped text says, read by the alphabet alone. */
const decoded = (escaped = ''): string => decodeURIComponent(escaped.replaceAll('~', '%'));
