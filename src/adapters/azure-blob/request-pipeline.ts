import { authorizeRequestOnTenantChallenge } from '@azure/core-client';
import {
  bearerTokenAuthenticationPolicy,
  createEmptyPipeline,
  createPipelineRequest,
  type HttpMethods,
  logPolicy,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
  RestError,
  setClientRequestIdPolicy,
  userAgentPolicy,
} from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/identity';
import type { StorageSharedKeyCredential } from '@azure/storage-blob';
import type { BlobContainer } from './blob-container.ts';
import { PlainHeaders } from './plain-headers.ts';
import type { RequestSignal } from './request-deadline.ts';
import { SharedKey } from './shared-key.ts';
import { spanPolicy } from './span-policy.ts';
import { splitUrl } from './split-url.ts';
import { sender as processSender, type UndiciSender } from './undici-sender.ts';

export interface SentRequest {
  readonly url: string;
  readonly method: HttpMethods;
  /** The status that answers it; every other one is an error. */
  readonly expected: number;
  /** Besides those of every request, by lower-case name; each one line without blanks around it. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Reading ends as soon as the body has more. Default: it is read to its end. */
  readonly mostBytes?: number;
  readonly signal: RequestSignal;
}

/**
 * Rejects as an operation of the SDK does.
 *
 * @throws RestError with the service's error code; without a status if there is no answer.
 */
export type SendWhole = (request: SentRequest) => Promise<WholeAnswer>;

/** An answer with its whole body as it came. */
export interface WholeAnswer extends PipelineResponse {
  readonly content: Buffer;
}

/**
 * Sends requests of the Blob service as an SDK's client with this credential does, by the policies of the library that the SDK
 * is built on: with a user agent, an ID, a span and a line of its log, and signed or with a token; in the tenant that a
 * challenge names. It follows no redirection and tries nothing again.
 */
export function requestPipeline(
  credential: BlobContainer['credential'],
  sender: UndiciSender = processSender,
): SendWhole {
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(userAgentPolicy({ userAgentPrefix: 'immutable-service-bus' }));
  pipeline.addPolicy(setClientRequestIdPolicy('x-ms-client-request-id'));
  pipeline.addPolicy(spanPolicy(), { afterPhase: 'Retry' });
  const key = keyOf(credential);
  if (key !== undefined) pipeline.addPolicy(signing(key), { phase: 'Sign' });
  if (isTokenCredential(credential)) {
    const challengeCallbacks = { authorizeRequestOnChallenge: authorizeRequestOnTenantChallenge };
    const policy = bearerTokenAuthenticationPolicy({ credential, scopes, challengeCallbacks });
    pipeline.addPolicy(policy, { phase: 'Sign' });
  }
  pipeline.addPolicy(logPolicy(), { afterPhase: 'Sign' });
  return async ({ url, method, expected, headers = {}, body = null, mostBytes = Number.POSITIVE_INFINITY, signal }) => {
    const request = createPipelineRequest({
      url,
      method,
      headers: new PlainHeaders({ 'x-ms-version': serviceVersion, ...headers }),
      body,
      abortSignal: signal,
      allowInsecureConnection: true,
    });
    const sendRequest = (signed: PipelineRequest) => sendWhole(signed, { sender, body, mostBytes, signal });
    const answer = (await pipeline.sendRequest({ sendRequest }, request)) as WholeAnswer;
    if (answer.status !== expected) throw refusal(answer);
    return answer;
  };
}

/** The first that knows `startFrom` of List Blobs. Source: Microsoft, "Versioning for Azure Storage". */
const serviceVersion = '2026-02-06';

/** Source: Microsoft, "Authorize access to blobs using Microsoft Entra ID". */
const scopes = 'https://storage.azure.com/.default';

const isTokenCredential = (credential: object): credential is TokenCredential => 'getToken' in credential;

/** The SDK's own credential signs for others, but does not give its key out. */
function keyOf(credential: BlobContainer['credential']): SharedKey | undefined {
  if ('key' in credential && credential.key instanceof SharedKey) return credential.key;
  if (!isSdkKey(credential)) return undefined;
  return new SharedKey(credential.accountName, (text) => credential.computeHMACSHA256(text));
}

const isSdkKey = (credential: object): credential is StorageSharedKeyCredential => 'computeHMACSHA256' in credential;

const signing = (key: SharedKey): PipelinePolicy => ({
  name: 'sharedKey',
  sendRequest(request, next) {
    const { url, method, headers } = request;
    headers.set('x-ms-date', new Date().toUTCString());
    headers.set('authorization', key.authorization({ method, path: splitUrl(url).path, headers: headers.toJSON() }));
    return next(request);
  },
});

async function sendWhole(
  request: PipelineRequest,
  {
    sender,
    mostBytes,
    ...sent
  }: {
    readonly sender: UndiciSender;
    readonly body: Buffer | null;
    readonly mostBytes: number;
    readonly signal: RequestSignal;
  },
): Promise<WholeAnswer> {
  const { url, method } = request;
  const answer = await sender.sendWhole({ ...sent, url, method, headers: request.headers.toJSON() }, mostBytes);
  return { request, status: answer.status, headers: new PlainHeaders(answer.headers), content: answer.content };
}

/** Its message has what support asks for. Of an answer that has lost its header on the way, the content says the code, too. */
function refusal({ status: statusCode, headers, content }: WholeAnswer): RestError {
  const code = headers.get('x-ms-error-code') ?? /<Code>(\w+)<\/Code>/.exec(content.toString())?.[1];
  const message = `The answer was ${statusCode} ${code ?? 'without an error code'} (x-ms-request-id: ${headers.get('x-ms-request-id')}).`;
  return new RestError(message, { statusCode, ...(code !== undefined && { code }) });
}
