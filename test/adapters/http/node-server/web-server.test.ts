import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ApiRequest } from '../../../../src/adapters/http/api-request.ts';
import type { HttpApi } from '../../../../src/adapters/http/http-api.ts';
import { type ServeOptions, serve } from '../../../../src/adapters/http/node-server/web-server.ts';
import { readBody } from '../../../../src/adapters/http/request-body.ts';
import { durationMs, seconds } from '../../../../src/domain/time.ts';

const loopback = { host: '127.0.0.1', port: 0, maxConcurrentRequests: 100, keepAliveTimeoutMs: seconds(60) };

/** Serves `api`, and keeps what it was asked. Closed when the test is over. */
async function start(api: HttpApi = async () => new Response('hello\n'), options: Partial<ServeOptions> = {}) {
  const requests: ApiRequest[] = [];
  const server = await serve(
    (request) => {
      requests.push(request);
      return api(request);
    },
    { ...loopback, ...options },
  );
  onTestFinished(() => server.close(durationMs(0)));
  return { ...server, requests, port: Number(new URL(server.address).port) };
}

/** A connection that sends `text` as it is, and what comes back on it until it is closed. */
function talk(port: number, text: string): { readonly socket: Socket; readonly answer: Promise<string> } {
  const socket = connect(port, loopback.host);
  onTestFinished(() => void socket.destroy());
  const answer = Promise.withResolvers<string>();
  let received = '';
  socket
    .setEncoding('utf8')
    .on('data', (part) => {
      received += part;
    })
    .on('error', answer.reject)
    .on('close', () => answer.resolve(received));
  socket.write(text);
  return { socket, answer: answer.promise };
}

describe('The web server', () => {
  it('hands on method, URL, headers and exact bytes, and answers with what comes back', async () => {
    const bytes = new Uint8Array(256).map((_, index) => index);
    let body: unknown;
    const { address, requests } = await start(async (request) => {
      body = await readBody(request, 1000);
      return new Response(bytes, { status: 418, headers: { 'x-a': 'b' } });
    });
    const response = await fetch(`${address}/a%2Fb/..%2f?q=%20`, {
      method: 'POST',
      body: bytes,
      headers: { k: '"v"' },
    });
    expect(requests).toMatchObject([{ method: 'POST', url: 'http://localhost/a%2Fb/..%2f?q=%20' }]);
    expect(requests[0]?.headers.get('k')).toBe('"v"');
    expect(body).toEqual(Buffer.from(bytes));
    expect([response.status, response.headers.get('x-a')]).toEqual([418, 'b']);
    expect(await response.bytes()).toEqual(bytes);
  });

  it('answers HEAD without a body', async () => {
    const { port } = await start();
    const { answer } = talk(port, 'HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 200 OK\r\n(.+\r\n)+\r\n$/);
  });

  it('hands on both values of a header that was sent twice, and not only one', async () => {
    const { port, requests } = await start();
    const { answer } = talk(port, 'GET / HTTP/1.1\r\nHost: a\r\nK: 1\r\nk: 2\r\nConnection: close\r\n\r\n');
    await answer;
    expect(requests[0]?.headers.get('k')).toBe('1, 2');
  });

  it('understands a whole URL, as the clients of proxies send it', async () => {
    const { port, requests } = await start();
    await talk(port, 'GET http://a.example/b?c HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n').answer;
    expect(requests[0]?.url).toBe('http://a.example/b?c');
  });

  it('takes two slashes for a path, and not for another host', async () => {
    const { port, requests } = await start();
    await talk(port, 'GET //a.example/b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n').answer;
    expect(requests[0]?.url).toBe('http://localhost//a.example/b');
  });

  it.each([
    ['GET http://[/ HTTP/1.1', 400, 'bad-request'],
    ['x', 400, 'bad-request'],
    ['GET / HTTP/1.1\r\nno header', 400, 'bad-request'],
    ['TRACE / HTTP/1.1', 405, 'method-not-allowed'],
    [`GET /${'x'.repeat(20_000)} HTTP/1.1`, 431, 'headers-too-large'],
    [`GET / HTTP/1.1\r\nA: ${'x'.repeat(20_000)}`, 431, 'headers-too-large'],
  ])('refuses "%.30s" with a problem and goes on', async (requestLine, status, kind) => {
    const { port, address, requests } = await start();
    const [head = '', body = ''] = (
      await talk(port, `${requestLine}\r\nHost: a\r\nConnection: close\r\n\r\n`).answer
    ).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toContain('application/problem+json');
    expect(body).toContain(`"type":"urn:immutable-service-bus:problem:${kind}"`);
    expect(requests).toEqual([]);
    expect(await (await fetch(address)).text()).toBe('hello\n');
  });

  it.each([
    ['a request without Host', 'GET / HTTP/1.1', 400, 'bad-request'],
    ['a request with two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b', 400, 'bad-request'],
    ['an expectation that is not known', 'GET / HTTP/1.1\r\nHost: a\r\nExpect: tea', 417, 'expectation-failed'],
    ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a:1', 405, 'method-not-allowed'],
    [
      'content that is compressed for the way',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0',
      501,
      'not-implemented',
    ],
    ['chunks of chunks', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked', 400, 'bad-request'],
    ['content without a known end', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip', 501, 'not-implemented'],
    ['another version', 'GET / HTTP/4.2\r\nHost: a', 400, 'bad-request'],
    ['another method', 'BREW / HTTP/1.1\r\nHost: a', 400, 'bad-request'],
  ])('answers %s with a problem, and not as node:http by itself', async (_what, request, status, kind) => {
    const { port, address, requests } = await start();
    const [requestLine, ...rest] = request.split('\r\n');
    const { answer } = talk(port, [requestLine, 'Connection: close', ...rest, '', ''].join('\r\n'));
    const [head = '', body = ''] = (await answer).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} [A-Z]`));
    expect(head).toContain('application/problem+json');
    expect(JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1))).toMatchObject({
      type: `urn:immutable-service-bus:problem:${kind}`,
      status,
    });
    expect(requests).toEqual([]);
    expect(await (await fetch(address)).text()).toBe('hello\n');
  });

  it.each(['GET / HTTP/1.0', 'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade, close'])(
    'answers "%s" like any other request',
    async (request) => {
      const { port } = await start();
      expect(await talk(port, `${request}\r\n\r\n`).answer).toMatch(/^HTTP\/1\.1 200 OK.*hello\n$/s);
    },
  );

  it('lets a client wait for its "100 Continue"', async () => {
    const { port } = await start(async (request) => new Response(String(await readBody(request, 1000))));
    const { socket, answer } = talk(
      port,
      'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n',
    );
    await new Promise<void>((resolve) => {
      socket.on('data', (part) => String(part).includes('100 Continue') && resolve());
    });
    socket.write('hello');
    expect(await answer).toMatch(/HTTP\/1\.1 200 OK.*hello$/s);
  });

  it('keeps a connection without a request as long as it is told to, and says so', async () => {
    const patient = await start(undefined, { keepAliveTimeoutMs: seconds(75) });
    expect((await fetch(patient.address)).headers.get('keep-alive')).toBe('timeout=75');
    const { port } = await start(undefined, { keepAliveTimeoutMs: seconds(1) });
    expect(await talk(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n').answer).toContain('hello');
  });

  it('sends an answer to its end, and nothing after it, when the rest of the request turns out to be broken', async () => {
    const { port } = await start();
    const { answer } = talk(port, 'TRACE / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n');
    const text = await answer;
    expect(text.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 405']);
    expect(text).toContain('problem:method-not-allowed');
  });

  it('says what it can do at all', async () => {
    const { port } = await start();
    const { answer } = talk(port, 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 204 No Content\r\nallow: GET, HEAD, POST, OPTIONS\r\n/);
  });

  it('ends the connection of a client that does not end its headers, with a problem', async () => {
    const { port } = await start(undefined, { headersTimeoutMs: durationMs(100) });
    const { answer } = talk(port, 'GET / HTTP/1.1\r\nHost: a\r\nX: ');
    expect(await answer).toMatch(/^HTTP\/1\.1 408 .+problem:request-timeout/s);
  });

  it('tells those that are too many to come back, and serves again when there is room', async () => {
    const answered = Promise.withResolvers<Response>();
    const { address, requests } = await start(async () => (await answered.promise).clone(), {
      maxConcurrentRequests: 1,
    });
    const first = fetch(address);
    await expect.poll(() => requests.length).toBe(1);
    const second = await fetch(address);
    expect(second.status).toBe(503);
    expect(second.headers.get('retry-after')).toBe('1');
    expect(await second.json()).toMatchObject({ type: 'urn:immutable-service-bus:problem:busy' });
    answered.resolve(new Response('done'));
    expect(await (await first).text()).toBe('done');
    await expect.poll(async () => (await fetch(address)).status).toBe(200);
  });

  it('tells its API when the client has gone away', async () => {
    const { port, requests } = await start(() => new Promise<never>(() => undefined));
    const { socket } = talk(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => requests.length).toBe(1);
    expect(requests[0]?.signal.aborted).toBe(false);
    socket.destroy();
    await expect.poll(() => requests[0]?.signal.aborted).toBe(true);
  });

  it('delivers the refusal of a body that is still being sent', async () => {
    const { address } = await start(async (request) => new Response(String(await readBody(request, 1000))));
    const body = new Uint8Array(20_000_000);
    expect(await (await fetch(address, { method: 'POST', body })).text()).toBe('too-large');
    const { readable, writable } = new TransformStream();
    void new Blob([body])
      .stream()
      .pipeTo(writable)
      .catch(() => undefined);
    expect(await (await fetch(address, { method: 'POST', body: readable, duplex: 'half' })).text()).toBe('too-large');
  });

  it('tells of a body that the client cut off, and goes on', async () => {
    const result = Promise.withResolvers<unknown>();
    const { port, address } = await start(async (request) => {
      if (request.method === 'POST') result.resolve(await readBody(request, 1000));
      return new Response('hello\n');
    });
    const { socket } = talk(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf');
    socket.end();
    expect(await result.promise).toBe('cut-off');
    expect(await (await fetch(address)).text()).toBe('hello\n');
  });

  it('survives a client that goes away before its answer', async () => {
    const answered = Promise.withResolvers<Response>();
    const { port, address, requests } = await start((request) =>
      request.url.endsWith('/slow') ? answered.promise : Promise.resolve(new Response('hello\n')),
    );
    const { socket } = talk(port, 'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => requests.length).toBe(1);
    socket.destroy();
    answered.resolve(new Response('x'.repeat(1_000_000)));
    expect(await (await fetch(address)).text()).toBe('hello\n');
  });

  it('says which port is taken, and which setting changes it', async () => {
    const { port } = await start();
    await expect(serve(async () => new Response(), { ...loopback, port })).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is taken. Set PORT`,
    );
  });

  it('says that it cannot listen on a host that is not this machine', async () => {
    await expect(serve(async () => new Response(), { ...loopback, host: '192.0.2.1' })).rejects.toThrow('Set HOST');
  });

  it('writes an IPv6 address as a URL has it', async () => {
    const server = await serve(async () => new Response(), { ...loopback, host: '::1' });
    await server.close(durationMs(0));
    expect(server.address).toMatch(/^http:\/\/\[::1\]:\d+$/);
  });
});

describe('Closing', () => {
  it('waits for the answer under way, takes no other request, and does not wait for a connection that is kept alive', async () => {
    const answered = Promise.withResolvers<Response>();
    const { address, close, requests } = await start(() => answered.promise);
    const underWay = fetch(address);
    await expect.poll(() => requests.length).toBe(1);
    let isClosed = false;
    const closed = close(seconds(60)).then(() => {
      isClosed = true;
    });
    await expect(fetch(address)).rejects.toThrow();
    expect(isClosed).toBe(false);
    answered.resolve(new Response('done'));
    const response = await underWay;
    expect(response.headers.get('connection')).toBe('close');
    expect(await response.text()).toBe('done');
    await closed;
  });

  it('breaks off what is not answered in time', async () => {
    const { port, close, requests } = await start(() => new Promise<never>(() => undefined));
    const { answer } = talk(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => requests.length).toBe(1);
    await close(durationMs(20));
    expect(await answer).toBe('');
  });

  it.each([
    ['has only connected', ''],
    ['has begun the headers of a request', 'GET / HTTP/1.1\r\nHo'],
  ])('closes soon though a client %s, and does no more', async (_what, text) => {
    const { close, port } = await start();
    const { socket } = talk(port, text);
    await new Promise((resolve) => socket.once('ready', resolve));
    await new Promise((resolve) => setTimeout(resolve, 100)); // the server sees what it has
    const closedAt = performance.now();
    await close(seconds(3600));
    // Node.js by itself would wait for as long as a connection may be silent: a minute.
    expect(performance.now() - closedAt).toBeLessThan(55_000);
  });
});
