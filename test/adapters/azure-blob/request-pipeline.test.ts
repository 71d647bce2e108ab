import { AnonymousCredential, RestError, StorageSharedKeyCredential } from '@azure/storage-blob';
import { describe, expect, it } from 'vitest';
import { KeyCredential } from '../../../src/adapters/azure-blob/key-credential.ts';
import { requestPipeline } from '../../../src/adapters/azure-blob/request-pipeline.ts';
import { SharedKey } from '../../../src/adapters/azure-blob/shared-key.ts';
import { UndiciSender, type WholeRequest } from '../../../src/adapters/azure-blob/undici-sender.ts';

const url = 'https://account.test/locks?restype=container&comp=list';
const request = { method: 'GET', expected: 200, url, signal: new AbortController().signal } as const;
const accountKey = Buffer.from('key').toString('base64');
const key = new SharedKey('account', accountKey);
const tenant = '72f988bf-86f1-41af-91ab-2d7cd011db47';

/** A service that answers with what is in `answers`, one after the other, and keeps what it was asked. */
function serviceOf(...answers: { readonly status: number; readonly headers?: Record<string, string> }[]) {
  const asked: WholeRequest[] = [];
  class Answering extends UndiciSender {
    override async sendWhole(sent: WholeRequest): Promise<never> {
      asked.push({ ...sent, headers: { ...sent.headers } });
      const { status, headers = {} } = answers[asked.length - 1] ?? { status: 500 };
      return { status, headers, content: Buffer.from('content') } as never;
    }
  }
  return { asked, sender: new Answering() };
}

describe('A request beside the SDK', () => {
  it.each([
    ['by us', new KeyCredential(key)],
    ["by the SDK's credential", new StorageSharedKeyCredential('account', accountKey)],
  ])('is signed with the key %s, and says who asks, under an ID', async (_, credential) => {
    const { asked, sender } = serviceOf({ status: 200 });
    const answer = await requestPipeline(credential, sender)(request);
    expect(answer.content.toString()).toBe('content');
    const { authorization, ...headers } = asked[0]?.headers ?? {};
    expect(headers).toMatchObject({
      'x-ms-version': expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
      'x-ms-date': expect.stringMatching(/GMT$/),
      'x-ms-client-request-id': expect.stringMatching(/^[\da-f-]{36}$/),
    });
    expect(Object.entries(headers)).toContainEqual([
      expect.stringMatching(/^user-agent$/i),
      expect.stringMatching(/^immutable-service-bus .*Node/),
    ]);
    const signed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const path = '/locks?restype=container&comp=list';
    expect(key.authorization({ method: 'GET', path, headers: signed })).toBe(
      authorization ?? asked[0]?.headers['Authorization'],
    );
  });

  it('is not signed if its URL carries a signature', async () => {
    const { asked, sender } = serviceOf({ status: 200 });
    await requestPipeline(new AnonymousCredential(), sender)({ ...request, url: `${url}&sig=abc` });
    expect(asked[0]?.url).toBe(`${url}&sig=abc`);
    expect(Object.keys(asked[0]?.headers ?? {}).map((name) => name.toLowerCase())).not.toContain('authorization');
  });

  it('has a token, of the tenant that the service names if it wants another', async () => {
    const challenge = `Bearer authorization_uri=https://login.microsoftonline.com/${tenant}/oauth2/authorize resource_id=https://storage.azure.com`;
    const { asked, sender } = serviceOf({ status: 401, headers: { 'www-authenticate': challenge } }, { status: 200 });
    const tokens: unknown[] = [];
    const credential = {
      getToken: async (scopes: string | string[], options?: { tenantId?: string }) => {
        tokens.push([scopes, options?.tenantId]);
        return { token: `token ${tokens.length}`, expiresOnTimestamp: Date.now() + 3_600_000 };
      },
    };
    const { status } = await requestPipeline(credential, sender)(request);
    expect(status).toBe(200);
    expect(asked.map(({ headers }) => headers['Authorization'] ?? headers['authorization'])).toEqual([
      'Bearer token 1',
      'Bearer token 2',
    ]);
    expect(tokens).toEqual([
      [expect.anything(), undefined],
      [['https://storage.azure.com/.default'], tenant],
    ]);
  });

  it('is made once, whatever is answered, and follows no redirection', async () => {
    for (const status of [301, 403, 429, 500, 503]) {
      const headers = { location: 'https://elsewhere.test/', 'retry-after': '1' };
      const { asked, sender } = serviceOf({ status, headers }, { status: 200 });
      expect((await requestPipeline(new AnonymousCredential(), sender)({ ...request, expected: status })).status).toBe(
        status,
      );
      expect(asked).toHaveLength(1);
    }
  });

  it('that is refused fails with the code of the service, and with what its support asks for', async () => {
    const { sender } = serviceOf({ status: 403, headers: { 'x-ms-error-code': 'Refused', 'x-ms-request-id': 'r-1' } });
    const failure = await requestPipeline({}, sender)(request).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RestError);
    expect(failure).toMatchObject({ statusCode: 403, code: 'Refused', message: expect.stringContaining('r-1') });
  });

  it('is made once if nobody answers', async () => {
    let asked = 0;
    class Silent extends UndiciSender {
      override async sendWhole(): Promise<never> {
        asked += 1;
        throw new RestError('reset', { code: 'ECONNRESET' });
      }
    }
    await expect(requestPipeline(new AnonymousCredential(), new Silent())(request)).rejects.toThrow('reset');
    expect(asked).toBe(1);
  });

  it('that reaches nobody fails without a status', async () => {
    const sending = requestPipeline(new AnonymousCredential(), new UndiciSender());
    const failure = await sending({ ...request, url: 'http://127.0.0.1:1/' }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RestError);
    expect(failure).toMatchObject({ code: 'ECONNREFUSED', statusCode: undefined });
  });
});
