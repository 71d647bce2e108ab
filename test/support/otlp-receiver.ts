import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A span as an exporter sent it. */
export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly links: readonly string[];
  readonly events: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly isError: boolean;
}

export interface ReceivedLine {
  readonly body: string;
  readonly severity: string;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

type Attributes = readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];

interface SentSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly links?: readonly { readonly spanId: string }[];
  readonly events?: readonly { readonly name: string }[];
  readonly attributes?: Attributes;
  readonly status?: { readonly code?: number };
}

interface SentLine {
  readonly body: { readonly stringValue: string };
  readonly severityText: string;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly attributes?: Attributes;
}

interface Sent<Item> {
  readonly resource: { readonly attributes: Attributes };
  readonly scopes: readonly Item[];
}

/**
 * A collector: it takes what comes over OTLP/HTTP in JSON, and answers as `answer` says, 200 by default. Source: OpenTelemetry
 * Protocol Specification 1.9, OTLP/HTTP.
 */
export async function startOtlpReceiver({
  onTestFinished,
  answer = (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
}: {
  readonly onTestFinished: (end: () => Promise<void>) => void;
  readonly answer?: (response: ServerResponse) => void;
}) {
  const spans: ReceivedSpan[] = [];
  const lines: ReceivedLine[] = [];
  const metrics = new Set<string>();
  let requests = 0;
  const take = (path: string | undefined, body: string) => {
    const sent = JSON.parse(body);
    for (const { resource, scopes } of groups<SentSpan>(sent.resourceSpans, 'scopeSpans', 'spans')) {
      const { 'service.name': service } = valuesOf(resource.attributes);
      if (path === '/v1/traces') spans.push(...scopes.map((span) => receivedSpan(span, String(service))));
    }
    for (const { scopes } of groups<SentLine>(sent.resourceLogs, 'scopeLogs', 'logRecords')) {
      if (path === '/v1/logs') lines.push(...scopes.map(receivedLine));
    }
    for (const { scopes } of groups<{ name: string }>(sent.resourceMetrics, 'scopeMetrics', 'metrics')) {
      for (const { name } of scopes) metrics.add(name);
    }
  };
  const server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    requests += 1;
    take(request.url, Buffer.concat(chunks).toString());
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { endpoint: `http://127.0.0.1:${port}`, spans, lines, metrics, requests: () => requests };
}

function* groups<Item>(sent: readonly never[] | undefined, scope: string, items: string): Iterable<Sent<Item>> {
  for (const each of sent ?? []) {
    const { resource, [scope]: scopes } = each as { resource: Sent<Item>['resource'] } & Record<string, unknown>;
    yield { resource, scopes: (scopes as Record<string, Item[]>[]).flatMap((one) => one[items] ?? []) };
  }
}

const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];

const receivedSpan = (span: SentSpan, service: string): ReceivedSpan => ({
  service,
  name: span.name,
  kind: kinds[span.kind] ?? '',
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId,
  links: (span.links ?? []).map(({ spanId }) => spanId),
  events: (span.events ?? []).map(({ name }) => name),
  attributes: valuesOf(span.attributes),
  isError: span.status?.code === 2,
});

const receivedLine = ({ body, severityText, traceId, spanId, attributes }: SentLine): ReceivedLine => ({
  body: body.stringValue,
  severity: severityText,
  traceId,
  spanId,
  attributes: valuesOf(attributes),
});

const valuesOf = (attributes: Attributes = []): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
