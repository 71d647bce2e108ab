import { describe, expect, it } from 'vitest';
import { heldBy, lockOf, messageId } from '../../../support/lock-records.ts';
import { until } from '../../../support/until.ts';
import { startPage } from './page-fixture.ts';

/** The fields of the form on a page, as it was sent out. */
const fieldsIn = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );

const failed = (id: string, lastError = 'TypeError: no such card') =>
  heldBy(`owner-${id}`, { messageId: messageId(id), state: 'failed', lastError });

describe('The first page', () => {
  it('shows without scripts what is at work, how far it is, and who works on it', async () => {
    const { text, store } = startPage();
    await store(
      heldBy('owner-1', {
        messageId: messageId('order-1'),
        attempt: 2,
        steps: [{ name: 'charge', status: 'finished', result: null }],
      }),
    );
    await until(async () => expect(await text('/')).toContain('1 done, last <span class="id">charge</span>'));
    const page = await text('/');
    expect(page).toMatch(/order-1<\/a>.*?● at work.*?<td class="n">2<\/td>/s);
    expect(page).toContain('host/1');
    expect(page).toContain('✓ Nobody is needed.');
  });

  it('knows at once what this process does, also between two listings', async () => {
    const { text, tell } = startPage();
    const subject = { messageId: messageId('order-1'), lock: lockOf('order-1') };
    const [first, second] = [heldBy('a').owner, heldBy('b').owner];
    const writtenAt = heldBy('a').acquiredAt ?? (Date.now() as never);
    tell({ ...subject, kind: 'created', owner: first, attempt: 1, writtenAt });
    tell({ ...subject, kind: 'step-done', owner: first, step: 'charge', position: 0 });
    tell({
      ...subject,
      kind: 'taken-over',
      owner: second,
      previousOwner: first,
      cause: 'expired',
      attempt: 2,
      writtenAt,
      observedAt: writtenAt,
    });
    tell({ ...subject, requests: { soFar: 3 }, kind: 'completed', owner: second, attempt: 2, isKept: true });
    tell({ ...subject, kind: 'skipped', completedBy: second, completedAt: writtenAt });
    const page = await text('/');
    expect(page).toContain('completed in attempt 2');
    expect(page).toMatch(/<dt>duplicates skipped<\/dt><dd>1<\/dd>/);
    expect(page).toMatch(/<dt>taken over<\/dt><dd>1<\/dd>/);
    expect(page).toMatch(/<dt>requests to the store for each<\/dt><dd>3\.0<\/dd>/);
  });

  it('groups dead letters by what their locks say, with the one thing to do', async () => {
    const { text, store, bury } = startPage();
    await store(failed('order-1'));
    await store(failed('order-2'));
    await store(heldBy('owner-3', { messageId: messageId('order-3'), state: 'completed' }));
    for (const id of ['order-1', 'order-2', 'order-3']) bury(id);
    const page = await text('/');
    expect(page).toMatch(/2 × failed<\/span> MaxDeliveryCountExceeded: TypeError: no such card/);
    expect(page).toContain('Re-drive 2 failed…');
    expect(page).toContain('Remove 1 already-done…');
    expect(page).toContain('⚠ A person is needed: 2 things');
  });

  it('is under 60 KB with its style and script, as full as it gets', async () => {
    const { text, store, bury } = startPage();
    for (let index = 0; index < 200; index += 1) {
      await store(heldBy(`owner-${index}`, { messageId: messageId(`order-${index}-9f3c1b7e`) }));
      if (index < 20) bury(`dead-${index}`, `Reason${index}`);
    }
    const sizes = await Promise.all(
      ['/', '/page.css', '/live.js'].map(async (path) => Buffer.byteLength(await text(path))),
    );
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(60_000);
  });
});

describe('The page of a message', () => {
  it('draws its life from the history, with the crash, the takeover and the steps, and says the same in words', async () => {
    const { text, store } = startPage();
    const now = Date.now();
    await store(
      heldBy('owner-2', {
        messageId: messageId('order-1'),
        state: 'completed',
        attempt: 2,
        acquiredAt: (now - 4000) as never,
        result: '"paid"',
        steps: [{ name: 'charge', status: 'finished', result: null, at: new Date(now - 39_000).toISOString() }],
        history: [
          {
            owner: heldBy('owner-1').owner,
            host: 'host/7',
            acquiredAt: (now - 40_000) as never,
            lastWrittenAt: (now - 38_000) as never,
            ending: 'expired',
          },
        ],
      }),
    );
    const page = await text('/message?id=order-1');
    expect(page).toContain('✓ completed');
    expect(page).toContain('✕ wrote no more: crashed, frozen or cut off');
    expect(page).toContain('<title>takeover</title>');
    expect(page).toContain('step 1, charge: finished');
    expect(page).toContain('host/7');
    expect(page).toContain('&#34;paid&#34;');
  });

  it('says what it may mean that there is no lock', async () => {
    expect(await startPage().text('/message?id=order-9')).toContain('There is no lock of this message');
  });

  it('refuses what cannot be a message ID in words', async () => {
    const { ask } = startPage();
    const response = await ask(`/message?id=${'x'.repeat(129)}`);
    expect([response.status, await response.text()]).toEqual([409, expect.stringContaining('at most 128')]);
  });
});

describe('Hostile texts', () => {
  const texts = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    '`$'.concat('{alert(1)}`'),
    '</title><svg onload=alert(1)>',
    '\u202egpj.exe',
    'a\u0000\u001b[2Jb',
    '&lt;b&gt;',
  ];

  it.each(texts)(
    '%j is a text wherever it is shown: as ID, error, step, owner, host, result and reason',
    async (hostile) => {
      const { text, store, bury } = startPage();
      const id = messageId(hostile);
      const step = { name: hostile, status: 'started', result: null } as const;
      await store(
        heldBy('owner', {
          messageId: id,
          state: 'failed',
          lastError: hostile,
          host: hostile,
          steps: [step],
          result: JSON.stringify(hostile),
          operator: { action: 'release', who: hostile, reason: hostile, at: '2026-11-29T03:00:00Z' },
        }),
      );
      bury(hostile, hostile, hostile);
      const query = `id=${encodeURIComponent(hostile)}`;
      for (const path of [
        '/',
        `/message?${query}`,
        `/locks?prefix=${encodeURIComponent(hostile)}`,
        `/act?do=answer&step=0&${query}`,
      ]) {
        const page = await text(path);
        expect(page).not.toMatch(/<script>|<img|<svg onload|<b>g/);
        expect(page).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
        // No attribute holds a quote of it, so that none ends early.
        for (const [, attribute = ''] of page.matchAll(/="([^"]*)"/g)) expect(attribute).not.toMatch(/[<>']/);
      }
    },
  );

  it('in the address are nothing but text, and lead nowhere else', async () => {
    const { text } = startPage();
    const page = await text('/locks?state=<script>&prefix=%22%3E%3Cscript%3E&after=x&queue=9&code=secret');
    expect(page).not.toContain('<script>');
    expect(page).not.toContain('secret');
  });
});

describe('A listing of many locks', () => {
  it('is paged, looks through a bounded number of names, and goes on where it ended', async () => {
    const { text, store } = startPage();
    for (let index = 0; index < 250; index += 1) {
      await store(heldBy(`o-${index}`, { messageId: messageId(`order-${String(index).padStart(3, '0')}`) }));
    }
    const seen = new Set<string>();
    let pages = 0;
    for (let path: string | undefined = '/locks?state=held'; path !== undefined; pages += 1) {
      const page = await text(path);
      for (const [, id = ''] of page.matchAll(/data-id="([^"]+)"/g)) seen.add(id);
      path = /<a class="act" href="([^"]+)">Go on/.exec(page)?.[1]?.replaceAll('&#38;', '&');
    }
    expect([seen.size, pages]).toEqual([250, 3]);
  });
});

describe('What a person does', () => {
  it('re-drives a group by a form that says how many, once however often it is sent, and shows what became of it', async () => {
    const { text, post, store, bury, dead, resent, events } = startPage();
    await store(failed('order-1'));
    bury('order-1');
    const link = /href="([^"]+)">Re-drive 1 failed/.exec(await text('/'))?.[1]?.replaceAll('&#38;', '&') ?? '';
    const form = await text(link);
    expect(form).toContain('Put 1 dead letter (failed) back on the queue.');
    expect(resent).toEqual([]);
    const fields = { ...fieldsIn(form), who: 'ann', reason: 'the card service is back', batches: '250' };
    expect((await post('/act', fields)).status).toBe(303);
    expect((await post('/act', fields)).status).toBe(303);
    await until(async () => expect(await text('/')).toContain('1 dead letter dealt with.'));
    expect([resent, dead]).toEqual([['order-1'], []]);
    const page = await text('/');
    expect(page).toMatch(/ann \(unverified\) re-drives 1 dead letter: <q>the card service is back<\/q>/);
    expect(events).toMatchObject([{ kind: 'redriven', who: 'ann (unverified)', reason: 'the card service is back' }]);
  });

  it('removes dead letters whose work is done', async () => {
    const { text, post, store, bury, dead, resent } = startPage();
    await store(heldBy('owner', { messageId: messageId('order-1'), state: 'completed' }));
    bury('order-1');
    await text('/');
    const link = /href="([^"]+)">Remove 1 already-done/.exec(await text('/'))?.[1]?.replaceAll('&#38;', '&') ?? '';
    await post('/act', { ...fieldsIn(await text(link)), who: 'ann', reason: 'done' });
    await until(() => expect(dead).toEqual([]));
    expect(resent).toEqual([]);
  });

  it('releases a failed lock, which leaves who and why in the record', async () => {
    const { text, post, store, locks } = startPage();
    await store(failed('order-1'));
    const form = await text('/act?do=release&id=order-1');
    expect(form).toContain('Release the failed lock of order-1.');
    const answer = await post('/act', { ...fieldsIn(form), who: 'ann', reason: 'mended' });
    expect(answer.headers.get('location')).toBe('/message?id=order-1');
    expect((await locks.read(lockOf('order-1')))?.record).toMatchObject({
      state: 'released',
      operator: { action: 'release', who: 'ann (unverified)', reason: 'mended' },
    });
  });

  it('releases the lock of an owner at work only by force, and is told before what that can do', async () => {
    const { text, post, store, locks } = startPage();
    await store(heldBy('owner', { messageId: messageId('order-1') }));
    const form = await text('/act?do=release&id=order-1');
    expect(form).toContain('an effect that is under way may be made again');
    const fields = { ...fieldsIn(form), who: 'ann', reason: 'its host is gone' };
    const refused = await post('/act', fields);
    expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining('Its owner may be at work')]);
    await post('/act', { ...fields, act: 'another', force: 'yes' });
    expect((await locks.read(lockOf('order-1')))?.record.state).toBe('released');
  });

  it('answers a step that was interrupted', async () => {
    const { text, post, store, locks } = startPage();
    await store({ ...failed('order-1'), steps: [{ name: 'charge', status: 'started', result: null }] });
    await until(async () => expect(await text('/')).toContain('interrupted in a step that runs at most once'));
    const form = await text('/act?do=answer&id=order-1&step=0');
    expect(form).toContain('Was it done?');
    const fields = { ...fieldsIn(form), who: 'ann', reason: 'the bank says so', answer: 'done' };
    expect((await post('/act', { ...fields, result: 'receipt 7' })).status).toBe(409);
    await post('/act', { ...fields, result: '"receipt 7"' });
    expect((await locks.read(lockOf('order-1')))?.record.steps).toMatchObject([
      { status: 'finished', result: '"receipt 7"' },
    ]);
  });

  it.each([
    [{ who: '', reason: 'x' }, 'Say who you are, and why.'],
    [{ who: 'ann', reason: ' ' }, 'Say who you are, and why.'],
    [{ who: 'ann', reason: 'x', do: 'drop-everything' }, 'There is no such act.'],
    [{ who: 'ann', reason: 'x', numbers: '<b>' }, 'It names no dead letters.'],
    [{ who: 'ann', reason: 'x', verdict: 'nice' }, 'There is no such verdict.'],
    [{ who: 'ann', reason: 'x', batches: '0' }, 'Batches and rate are whole numbers.'],
    [{ who: 'ann', reason: 'x', act: '../..' }, 'The form is not one of this page.'],
  ])('is refused in words if the form is filled in like %j', async (changed, words) => {
    const { post } = startPage();
    const fields = { do: 'redrive', verdict: 'failed', numbers: '1', act: 'a1', ...changed };
    const answer = await post('/act', fields as Record<string, string>);
    expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining(words)]);
  });
});

describe('Where a process does not stay', () => {
  it('the page asks by itself, keeps the key in its links, and has done what a form says when it answers', async () => {
    const { ask, text, post, store, bury, dead } = startPage({
      access: { kind: 'host' },
      base: '/api/operate',
      isResident: false,
    });
    await store(failed('order-1'));
    bury('order-1');
    const page = await text('/api/operate/?code=host-key');
    expect(page).toContain('data-poll="10"');
    expect(page).not.toContain('data-stream');
    expect(page).toContain('href="/api/operate/page.css?code=host-key"');
    expect((await ask('/api/operate/live?code=host-key')).status).toBe(503);
    const link = /href="([^"]+)">Re-drive 1 failed/.exec(page)?.[1]?.replaceAll('&#38;', '&') ?? '';
    const form = await text(link);
    const answer = await post('/api/operate/act?code=host-key', {
      ...fieldsIn(form),
      who: 'ann',
      reason: 'x',
      batches: '250',
    });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/api/operate/?code=host-key']);
    expect(dead).toEqual([]);
  });
});
