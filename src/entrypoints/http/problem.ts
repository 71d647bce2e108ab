/** What can be wrong with a request or with us, each with its HTTP status and a title that never changes. */
const problems = {
  'empty-body': { status: 400, title: 'The body is empty' },
  'incomplete-body': { status: 400, title: 'The body was cut off' },
  'broken-json': { status: 400, title: 'The body is not JSON' },
  'invalid-header': { status: 400, title: 'A header has a bad value' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'unknown-message': { status: 404, title: 'No lock of this message' },
  'method-not-allowed': { status: 405, title: 'This method is not allowed here' },
  'content-too-large': { status: 413, title: 'The content is too large for the queue' },
  'internal-error': { status: 500, title: 'Something went wrong here' },
  unavailable: { status: 503, title: 'Not available now' },
} as const;

export type ProblemKind = keyof typeof problems;

export interface ProblemOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the problem object. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** An error as a response of type `application/problem+json`; its `type` is stable. Source: RFC 9457, section 3. */
export function problem(kind: ProblemKind, detail: string, { headers, members }: ProblemOptions = {}): Response {
  const { status, title } = problems[kind];
  const body = { type: `urn:immutable-service-bus:problem:${kind}`, title, status, detail, ...members };
  return new Response(`${JSON.stringify(body)}\n`, {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  });
}
