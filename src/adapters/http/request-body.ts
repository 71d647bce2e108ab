import type { ApiRequest } from './api-request.ts';

export type BodyProblem = 'too-large' | 'cut-off';

/** The bytes of a request's body, reading no more than `mostBytes` of it. */
export async function readBody(request: ApiRequest, mostBytes: number): Promise<Uint8Array | BodyProblem> {
  if (Number(request.headers.get('content-length') ?? 0) > mostBytes) return 'too-large';
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength;
      if (size > mostBytes) return 'too-large';
      chunks.push(chunk);
    }
  } catch {
    return 'cut-off'; // the client went away in the middle
  }
  return Buffer.concat(chunks, size);
}
