import type { SeededRandom } from '../../support/seeded-random.ts';

/** Bytes for the server, and how they are sent. */
export interface GeneratedRequest {
  readonly method: string;
  readonly bytes: Buffer;
  /**
   * - `whole`: at once.
   * - `slow`: in pieces, with pauses.
   * - `half-closed`: only a part, then the client's end of the connection.
   * - `broken-off`: only a part, then nothing.
   */
  readonly manner: 'whole' | 'slow' | 'half-closed' | 'broken-off';
}

/** Any request that a client, a scanner or a bug might send. */
export function generatedRequest(random: SeededRandom): GeneratedRequest {
  const method = random.of(methods);
  const body = bodyFrom(random);
  const lines = [`${method} ${pathFrom(random)} HTTP/1.1`, ...headersFrom(random)];
  const isChunked = random.chance(0.1);
  if (isChunked) lines.push('Transfer-Encoding: chunked');
  else if (body.length > 0 || random.chance(0.5)) lines.push(`Content-Length: ${lengthFrom(random, body.length)}`);
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  const content = isChunked ? chunked(random, body) : body;
  const all = Buffer.concat([random.chance(0.02) ? damaged(random, head) : head, content]);
  const manner = random.of(manners);
  const isPart = manner === 'half-closed' || manner === 'broken-off';
  return { method, manner, bytes: isPart ? all.subarray(0, random.integer(all.length)) : all };
}

const manners = ['whole', 'whole', 'whole', 'whole', 'whole', 'slow', 'half-closed', 'broken-off'] as const;

const methods = [
  ...(['POST', 'POST', 'POST', 'POST', 'GET', 'GET', 'GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH'] as const),
  ...(['TRACE', 'CONNECT', 'PROPFIND', 'get', 'BREW', '', 'P\u00d6ST', 'x'.repeat(100)] as const),
] as const;

const ids = [
  ...(['order-1', 'order 1', '../../etc/passwd', '..%2f..%2fx', '%2e%2e/', '....//', '~2E~2E~2F', 'a/b\\c'] as const),
  ...(['%00', '%zz', '%ff', '\u00e4\u00f6', '<script>alert(1)</script>', '"\'`;', 'lock-x.lock', '.', '..'] as const),
  ...(['CON', '$\u007bjndi:ldap://x}', '%F0%9F%98%80', 'a'.repeat(128), 'a'.repeat(129), '~'.repeat(128)] as const),
] as const;

const idFrom = (random: SeededRandom): string => (random.chance(0.5) ? random.of(ids) : textFrom(random, 40));

function pathFrom(random: SeededRandom): string {
  if (random.chance(0.5)) return '/api/messages';
  const id = idFrom(random);
  return random.of([
    `/api/messages/${id}`,
    `/api/messages/${encodeURIComponent(id.toWellFormed())}`,
    `/api/messages/${id}?code=${id}`,
    `http://other.example/api/messages/${id}`,
    '/api/health',
    '/api/health/live',
    '/api/openapi.json',
    '/',
    '*',
    `/${textFrom(random, 200)}`,
    `//${id}`,
    `/api/${'x'.repeat(random.integer(20_000))}`,
  ]);
}

const contentTypes = [
  'application/json',
  'text/plain',
  'application/json; charset=utf-16',
  'x',
  'a/b;c="',
  '',
] as const;

function headersFrom(random: SeededRandom): string[] {
  const lines = random.chance(0.02) ? [] : ['Host: a'];
  lines.push('Connection: close');
  const maybe = (probability: number, line: () => string) => {
    if (random.chance(probability)) lines.push(line());
  };
  maybe(0.7, () => `Content-Type: ${random.of(contentTypes)}`);
  maybe(0.6, () => `Idempotency-Key: ${random.of([idFrom(random), `"${idFrom(random)}"`])}`);
  maybe(0.1, () => `Idempotency-Key: ${idFrom(random)}`);
  maybe(0.2, () => `Prefer: ${random.of(['wait=0', 'wait=1', 'wait=-1', 'respond-async', textFrom(random, 30)])}`);
  maybe(0.2, () => `If-None-Match: ${random.of(['*', '"a"', 'W/"b", "c"', textFrom(random, 30)])}`);
  maybe(0.1, () => `traceparent: ${random.of([`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, textFrom(random, 60)])}`);
  maybe(0.05, () => `Content-Encoding: ${random.of(['gzip', 'identity', textFrom(random, 10)])}`);
  maybe(0.05, () => 'Expect: 100-continue');
  maybe(0.05, () => `Expect: ${textFrom(random, 10)}`);
  maybe(0.05, () => 'Upgrade: websocket');
  maybe(0.03, () => `X-Long: ${'x'.repeat(random.integer(30_000))}`);
  maybe(0.2, () => `${textFrom(random, 20)}: ${textFrom(random, 100)}`);
  if (random.chance(0.02)) for (let nth = 0; nth < 1500; nth += 1) lines.push(`X-${nth}: ${nth}`);
  return lines;
}

function bodyFrom(random: SeededRandom): Buffer {
  const nested = '['.repeat(random.integer(6000));
  return random.of<() => Buffer>([
    () => Buffer.alloc(0),
    () => Buffer.from('{"n":1}'),
    () => Buffer.from(JSON.stringify({ [textFrom(random, 20)]: textFrom(random, 200) })),
    () => Buffer.from('{"n":'),
    () => Buffer.from(nested + ']'.repeat(nested.length)),
    () => Buffer.from(textFrom(random, 1000), 'latin1'),
    () => Buffer.alloc(random.integer(random.chance(0.1) ? 400_000 : 4000), random.integer(256)),
  ])();
}

const lengthFrom = (random: SeededRandom, length: number): string =>
  random.chance(0.95)
    ? String(length)
    : random.of([String(length + 1), '-1', '1e3', '99999999999999999999', `${length}, ${length}`, 'x']);

function chunked(random: SeededRandom, body: Buffer): Buffer {
  const size = random.chance(0.9) ? body.length.toString(16) : random.of(['zz', 'ffffffffffffffff', '']);
  const chunk = body.length > 0 ? [Buffer.from(`${size}\r\n`), body, Buffer.from('\r\n')] : [];
  return Buffer.concat([...chunk, Buffer.from('0\r\n\r\n')]);
}

function damaged(random: SeededRandom, head: Buffer): Buffer {
  const bytes = Buffer.from(head);
  for (let nth = 0; nth < 5; nth += 1) bytes[random.integer(bytes.length)] = random.integer(256);
  return bytes;
}

/** Bytes as characters of Latin-1, mostly printable; no line breaks, which would make two headers of one. */
function textFrom(random: SeededRandom, longest: number): string {
  const codes = Array.from({ length: random.integer(longest) }, () =>
    random.chance(0.9) ? 0x20 + random.integer(95) : random.integer(256),
  );
  return String.fromCharCode(...codes).replace(/[\r\n]/g, '_');
}
