import { describe, expect, it } from 'vitest';
import { isThisMachine, ownAccess } from '../../../../src/adapters/http/operator-page/access.ts';
import { here, startPage } from './page-fixture.ts';

const token = 'correct-horse-battery-staple';

describe('Without a token', () => {
  it.each(['localhost:7071', '127.0.0.1:7071', '127.9.9.9', '[::1]:7071', 'LOCALHOST'])(
    'this machine is let in as %s',
    async (host) => {
      expect((await startPage().ask('/', {}, host)).status).toBe(200);
    },
  );

  it.each(['evil.example:7071', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.7', 'a@localhost', ''])(
    'a page that calls this machine %j gets 403, and a line in the log',
    async (host) => {
      const { ask, logged } = startPage();
      const response = await ask('/', { headers: { host } });
      expect([response.status, await response.text()]).toEqual([403, expect.not.stringContaining('At work')]);
      expect(logged).toEqual([expect.stringContaining(`GET / was refused: the Host ${JSON.stringify(host)} is not`)]);
    },
  );

  it('a service only shows, and says how to act', async () => {
    const { text, post } = startPage({ access: { kind: 'this-machine', mayAct: false } });
    expect(await text('/act?do=release&id=order-1')).toContain('Set ADMIN_TOKEN');
    expect((await post('/act', { do: 'release', id: 'order-1' })).status).toBe(409);
  });
});

describe('A form', () => {
  const refused = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:9999' },
    { 'sec-fetch-site': 'cross-site', origin: 'http://127.0.0.1:7071' },
    {},
  ];

  it.each(refused)('that another site sent, as %j says, gets 403, and a line in the log', async (headers) => {
    for (const access of [here, { kind: 'token', token } as const]) {
      const { post, logged } = startPage({ access });
      for (const path of ['/act', '/sign-in']) {
        const response = await post(path, { do: 'stop', name: 'ann', token }, headers as Record<string, string>);
        expect([response.status, response.headers.get('set-cookie')]).toEqual([403, null]);
      }
      expect(logged).toHaveLength(2);
      expect(logged[0]).toMatch(/POST \/act was refused: it (?:was sent by another site|does not say)/);
    }
  });

  it('of the page itself is taken, also from a browser that says only its origin', async () => {
    const { post } = startPage();
    expect((await post('/act', { do: 'stop' }, { origin: 'http://127.0.0.1:7071' })).status).toBe(303);
  });
});

describe('With a token', () => {
  const start = () => startPage({ access: { kind: 'token', token } });
  const cookieOf = (response: Response) => response.headers.get('set-cookie')?.split(';')[0] ?? '';

  it('nobody sees anything before they sign in: 403, a form, and a line in the log', async () => {
    const { ask, logged } = start();
    for (const path of ['/', '/message?id=order-1', '/locks', '/live', '/act?do=release&id=a']) {
      const response = await ask(path, {}, 'ops.example');
      expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('Sign in')]);
    }
    expect(logged).toHaveLength(5);
  });

  it.each(['wrong', '', `${token}x`, token.slice(1)])(
    'the token %j gets 403, a line in the log, and no cookie',
    async (given) => {
      const { post, logged } = start();
      const response = await post('/sign-in', { name: 'ann', token: given });
      expect([response.status, response.headers.get('set-cookie')]).toEqual([403, null]);
      expect(logged).toEqual(['POST /sign-in was refused: its token is wrong.']);
    },
  );

  it('whoever has it looks and acts under their name, by a cookie that says nothing about it', async () => {
    const { post, ask } = start();
    const response = await post('/sign-in', { name: 'Ann <ops>', token });
    expect(response.status).toBe(303);
    expect(response.headers.get('set-cookie')).toMatch(/; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/);
    const cookie = cookieOf(response);
    expect(cookie).not.toContain(token);
    expect((await ask('/', { headers: { cookie: `other=1; ${cookie}` } })).status).toBe(200);
    // Another name under the same signature, a later end, and nothing at all.
    const [name, until = '', signed] = cookie.split('.');
    for (const forged of [
      `isb-operator=Ym9i.${until}.${signed}`,
      `${name}.9999999999.${signed}`,
      'isb-operator=',
      'isb-operator=a.b.c',
    ]) {
      expect((await ask('/', { headers: { cookie: forged } })).status).toBe(403);
    }
    const other = startPage({ access: { kind: 'token', token: 'another-token-entirely' } });
    expect((await other.ask('/', { headers: { cookie } })).status).toBe(403);
  });

  it('a program has it as a bearer token', async () => {
    const { ask } = start();
    const get = async (authorization: string) => (await ask('/', { headers: { authorization } })).status;
    expect([await get(`Bearer ${token}`), await get('Bearer wrong'), await get(token)]).toEqual([200, 403, 403]);
  });

  it('the cookie goes over TLS alone where the page came over TLS', async () => {
    const { post } = start();
    const headers = { 'sec-fetch-site': 'same-origin', origin: 'https://ops.example' };
    expect((await post('/sign-in', { name: 'ann', token }, headers)).headers.get('set-cookie')).toContain('; Secure');
  });
});

describe('Who is let in by a process of its own', () => {
  const adminApi = 'default';

  it.each([
    [{ host: '127.0.0.1' }, { kind: 'this-machine', mayAct: false }],
    [{ host: 'localhost' }, { kind: 'this-machine', mayAct: false }],
    [{ host: '::1' }, { kind: 'this-machine', mayAct: false }],
    [{ host: '0.0.0.0' }, undefined],
    [
      { host: '0.0.0.0', adminToken: token },
      { kind: 'token', token },
    ],
    [
      { host: '127.0.0.1', adminToken: token },
      { kind: 'token', token },
    ],
    [{ host: '127.0.0.1', adminToken: token, adminApi: 'off' }, undefined],
  ])('with %j', (settings, access) => {
    expect(ownAccess({ adminToken: undefined, adminApi, ...settings }, false)).toEqual(access);
  });

  it('takes no name for this machine that a domain system could give to another', () => {
    for (const host of ['localhost.', '127.0.0.1.nip.io', '1.127.0.0.1', 'x[::1]'])
      expect(isThisMachine(host)).toBe(false);
  });
});
