import type { ApiRequest } from './api-request.ts';
import type { ApiResponse } from './api-response.ts';

/** Answers the requests of one method to one resource. */
export type Endpoint = (request: ApiRequest, pathname: string) => Promise<ApiResponse> | ApiResponse;

/** What can be asked for under a path. */
export interface Resource {
  readonly matches: (pathname: string) => boolean;
  readonly endpoints: { readonly GET: Endpoint } | { readonly POST: Endpoint };
}
