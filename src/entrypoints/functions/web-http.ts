import type { HttpRequest, HttpResponseInit } from '@azure/functions';

/** The host's request as a web-standard one. */
export const webRequest = ({ url, method, headers, body }: HttpRequest): Request =>
  new Request(url, { method, headers, ...(body !== null && { body, duplex: 'half' }) });

/** A web-standard response as the host takes one. */
export const hostResponse = async (response: Response): Promise<HttpResponseInit> => ({
  status: response.status,
  headers: Object.fromEntries(response.headers),
  body: await response.arrayBuffer(),
});
