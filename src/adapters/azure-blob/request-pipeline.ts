import { authorizeRequestOnTenantChallenge } from '@azure/core-client';
import {
  bearerTokenAuthenticationPolicy,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type HttpMethods,
  logPolicy,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
  setClientRequestIdPolicy,
  tracingPolicy,
  userAgentPolicy,
} from '@azure/core-rest-pipeline';
import type { ContainerClient } from '@azure/storage-blob';
import { KeyCredential } from './key-credential.ts';
import type { SharedKey } from './shared-key.ts';
import { splitUrl } from './split-url.ts';
import type { UndiciSender } from './undici-sender.ts';

export interface SentRequest {
  readonly url: string;
  readonly method: HttpMethods;
  readonly signal: AbortSignal;
}

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
  credential: ContainerClient['credential'],
  sender: UndiciSender,
): (request: SentRequest) => Promise<WholeAnswer> {
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(userAgentPolicy({ userAgentPrefix: 'immutable-service-bus' }));
  pipeline.addPolicy(setClientRequestIdPolicy('x-ms-client-request-id'));
  pipeline.addPolicy(tracingPolicy(), { afterPhase: 'Retry' });
  if (credential instanceof KeyCredential) pipeline.addPolicy(signing(credential.key), { phase: 'Sign' });
  if ('getToken' in credential) {
    const challengeCallbacks = { authorizeRequestOnChallenge: authorizeRequestOnTenantChallenge };
    const policy = bearerTokenAuthenticationPolicy({ credential, scopes, challengeCallbacks });
    pipeline.addPolicy(policy, { phase: 'Sign' });
  }
  pipeline.addPolicy(logPolicy(), { afterPhase: 'Sign' });
  const httpClient = { sendRequest: (request: PipelineRequest) => sendWhole(request, sender) };
  return async ({ url, method, signal }) => {
    const headers = createHttpHeaders({ 'x-ms-version': serviceVersion });
    const request = createPipelineRequest({ url, method, headers, abortSignal: signal, allowInsecureConnection: true });
    return (await pipeline.sendRequest(httpClient, request)) as WholeAnswer;
  };
}

/** The first that knows `startFrom` of List Blobs. Source: Microsoft, "Versioning for Azure Storage". */
const serviceVersion = '2026-02-06';

/** Source: Microsoft, "Authorize access to blobs using Microsoft Entra ID". */
const scopes = 'https://storage.azure.com/.default';

const signing = (key: SharedKey): PipelinePolicy => ({
  name: 'sharedKey',
  sendRequest(request, next) {
    const { url, method, headers } = request;
    headers.set('x-ms-date', new Date().toUTCString());
    headers.set('authorization', key.authorization({ method, path: splitUrl(url).path, headers: headers.toJSON() }));
    return next(request);
  },
});

async function sendWhole(request: PipelineRequest, sender: UndiciSender): Promise<WholeAnswer> {
  const { url, method, headers, abortSignal } = request;
  const sent = {
    url,
    method,
    headers: headers.toJSON({ preserveCase: true }),
    body: null,
    signal: abortSignal as AbortSignal | undefined,
  };
  const answer = await sender.send(sent, (body) => body.arrayBuffer());
  const answered = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    request,
    status: answer.status,
    headers: createHttpHeaders(Object.fromEntries(answered)),
    content: Buffer.from(answer.content),
  };
}
