import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { account } from '../servers/blob-service.ts';
import { accountKey, bearerToken } from './access.ts';
import { lockContainer, type MakeGuard } from './guard.ts';
import { type LockWrite, lockBlobName, sampleComplete, sampleCreate } from './sample-lock.ts';

type Headers = Record<string, string>;

/**
 * The product's requests by hand on node:http, with connections kept and the key imported once ("R"): about the least that
 * they can cost in Node. No retries, no time limits, no errors told apart.
 */
export const makeGuard: MakeGuard = async ({ blobs, access }) => {
  const key = createSecretKey(accountKey, 'base64');
  const { hostname, port, pathname } = new URL(access === 'key' ? blobs.http : blobs.https);
  const agent = access === 'key' ? new Agent({ keepAlive: true }) : new TlsAgent({ keepAlive: true });
  const start = access === 'key' ? request : tlsRequest;

  const ask = (method: string, id: string, headers: Headers, content?: Buffer): Promise<IncomingMessage> => {
    const path = `${pathname}/${lockContainer}/${lockBlobName(id)}`;
    const dated: Headers = { ...headers, 'x-ms-date': new Date().toUTCString(), 'x-ms-version': '2026-10-06' };
    dated['authorization'] =
      access === 'key' ? sharedKey(key, method, path, dated, content?.length ?? 0) : `Bearer ${bearerToken}`;
    if (content !== undefined) dated['content-length'] = String(content.length);
    return answerTo(start({ agent, hostname, port, method, path, headers: dated }), content);
  };
  const put = async (id: string, { content, metadata }: LockWrite, condition: Headers): Promise<string> => {
    const headers: Headers = {
      ...condition,
      'x-ms-blob-type': 'BlockBlob',
      'x-ms-blob-content-type': 'application/json',
    };
    for (const name in metadata) headers[`x-ms-meta-${name}`] = metadata[name] ?? '';
    const answer = await ask('PUT', id, headers, content);
    await ended(answer, 201);
    return answer.headers.etag ?? '';
  };
  const read = async (id: string) => JSON.parse((await ended(await ask('GET', id, {}), 200)).toString());
  return {
    paths: {
      new: async (id) => {
        const etag = await put(id, sampleCreate, { 'if-none-match': '*' });
        await put(id, sampleComplete, { 'if-match': etag });
      },
      redelivered: read,
      fresh: async (id) => {
        const { content } = sampleCreate;
        const refused = await ask('PUT', id, { 'if-none-match': '*', 'x-ms-blob-type': 'BlockBlob' }, content);
        await ended(refused, 409);
        return read(id);
      },
      read,
    },
  };
};

function answerTo(asked: ClientRequest, content: Buffer | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asked.once('response', resolve).once('error', reject);
    asked.end(content);
  });
}

function ended(answer: IncomingMessage, expectedStatus: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk) => chunks.push(chunk)).once('error', reject);
    answer.once('end', () => {
      if (answer.statusCode === expectedStatus) resolve(Buffer.concat(chunks));
      else reject(new Error(`The answer was ${answer.statusCode}: ${Buffer.concat(chunks)}`));
    });
  });
}

/** Source: Microsoft, "Authorize with Shared Key". */
function sharedKey(key: KeyObject, method: string, path: string, headers: Headers, length: number): string {
  const own = Object.keys(headers).filter((name) => name.startsWith('x-ms-'));
  const lines = own.sort().map((name) => `${name}:${headers[name]}`);
  const standard = [
    ...['', '', length === 0 ? '' : length, '', '', '', ''],
    ...[headers['if-match'] ?? '', headers['if-none-match'] ?? '', '', ''],
  ];
  const text = [method, ...standard, ...lines, `/${account}${path}`].join('\n');
  return `SharedKey ${account}:${createHmac('sha256', key).update(text).digest('base64')}`;
}
