import type { ReceivedSpan } from './otlp-receiver.ts';

/** A span as a line: kind, name, what it hangs below, links. Spans of other processes are called by the names that are known. */
export function spanLine(
  span: ReceivedSpan,
  spans: readonly ReceivedSpan[],
  known: Readonly<Record<string, string>> = {},
): string {
  const nameOf = (id: string | undefined) =>
    id === undefined ? 'root' : (known[id] ?? spans.find(({ spanId }) => spanId === id)?.name ?? 'somewhere');
  const links = span.links.map((id) => ` ~ ${nameOf(id)}`).join('');
  return `${span.service}: ${span.kind} ${span.name} < ${nameOf(span.parentSpanId)}${links}${span.isError ? ' !' : ''}`;
}
