import { LockStoreError } from '../../application/ports/lock-store.ts';
import type { ApiRequest } from './api-request.ts';
import { type ApiResponse, TextResponse } from './api-response.ts';
import type { Endpoint, Resource } from './endpoint.ts';
import { type HealthEndpointOptions, healthEndpoint, healthPath, liveEndpoint, livePath } from './health-endpoint.ts';
import { jsonResponse } from './json-response.ts';
import { openApiDocument, openApiPath } from './openapi/document.ts';
import type { OperatorPage } from './operator-page/page.ts';
import { problem } from './problem.ts';
import { type StatusEndpointOptions, statusEndpoint } from './status-endpoint.ts';
import { messagesPath } from './status-path.ts';
import { type SubmitEndpointOptions, submitEndpoint } from './submit-endpoint.ts';

export interface HttpApiOptions extends SubmitEndpointOptions, StatusEndpointOptions, HealthEndpointOptions {
  /** Is told of what a client is told only as "something went wrong", or as "send it again". */
  readonly onError: (error: unknown, request: ApiRequest) => void;
  /** The page of operators, where it is served. */
  readonly page?: Pick<OperatorPage, 'serves' | 'answer'> | undefined;
}

/** Answers one request. It never rejects. */
export type HttpRules = (request: ApiRequest) => Promise<ApiResponse>;

/** As HttpRules, with a web-standard Response. */
export type HttpApi = (request: ApiRequest) => Promise<Response>;

/** The HTTP rules for any server that has web-standard requests and responses. */
export function createHttpApi(options: HttpApiOptions): HttpApi {
  const rules = createHttpRules(options);
  return async (request) => {
    const response = await rules(request);
    return response instanceof TextResponse ? response.toResponse() : response;
  };
}

/** The HTTP rules, once for all hosts, on as much of a web-standard request and response as these read. */
export function createHttpRules(options: HttpApiOptions): HttpRules {
  const resources: readonly Resource[] = [
    { matches: is(messagesPath), endpoints: { POST: submitEndpoint(options) } },
    {
      matches: (path) => path.startsWith(`${messagesPath}/`) && path.length > messagesPath.length + 1,
      endpoints: { GET: statusEndpoint(options) },
    },
    { matches: is(healthPath), endpoints: { GET: healthEndpoint(options) } },
    { matches: is(livePath), endpoints: { GET: liveEndpoint } },
    { matches: is(openApiPath), endpoints: { GET: () => jsonResponse(200, openApiDocument) } },
  ];
  return async (request) => {
    const response = await route(resources, options.page, request).catch((error) => {
      options.onError(error, request);
      return failure(error);
    });
    // What HEAD leaves out of an answer is the content alone. Source: RFC 9110, section 9.3.2.
    return request.method === 'HEAD' ? new Response(null, response) : response;
  };
}

/** The path of a URL as a parser has written it. Most requests need nothing else of it. */
const pathOf = (url: string): string => /^[^:]*:\/\/[^/]*(\/[^?#]*)/.exec(url)?.[1] ?? '/';

const is = (path: string) => (pathname: string) => pathname === path;

async function route(
  resources: readonly Resource[],
  page: HttpApiOptions['page'],
  request: ApiRequest,
): Promise<ApiResponse> {
  const pathname = pathOf(request.url);
  if (page?.serves(pathname) && ['GET', 'HEAD', 'POST'].includes(request.method)) return page.answer(request);
  const resource = resources.find(({ matches }) => matches(pathname));
  if (resource === undefined) {
    return problem(
      'not-found',
      `Messages are posted to ${messagesPath}; ${openApiPath} describes everything that there is.`,
    );
  }
  const endpoints: { readonly GET?: Endpoint; readonly POST?: Endpoint } = resource.endpoints;
  const allow = endpoints.GET ? 'GET, HEAD, OPTIONS' : 'POST, OPTIONS';
  switch (request.method) {
    case 'OPTIONS':
      return new Response(null, { status: 204, headers: { allow } });
    case 'GET':
    case 'HEAD':
      return endpoints.GET?.(request, pathname) ?? notAllowed(allow);
    case 'POST':
      return endpoints.POST?.(request, pathname) ?? notAllowed(allow);
    default:
      return notAllowed(allow);
  }
}

/** Source: RFC 9110, section 15.5.6: the answer says what is allowed. */
const notAllowed = (allow: string): ApiResponse =>
  problem('method-not-allowed', `Allowed here: ${allow}.`, { headers: { allow } });

function failure(error: unknown): ApiResponse {
  if (error instanceof LockStoreError && error.isTransient) {
    return problem('unavailable', 'The lock store does not answer. Ask again.', {
      headers: { 'retry-after': '5' },
    });
  }
  return problem('internal-error', 'The request was not carried out. It can be sent again.');
}
