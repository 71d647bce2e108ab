import type { Profiler } from 'node:inspector/promises';

/** The part of the busy time that each category's functions took themselves, from the largest down. */
export function sharesByCategory({
  nodes,
  samples = [],
  timeDeltas = [],
}: Profiler.Profile): ReadonlyMap<string, number> {
  const categories = new Map(nodes.map(({ id, callFrame }) => [id, categoryOf(callFrame)]));
  const tookUs = new Map<string, number>();
  samples.forEach((id, place) => {
    const category = categories.get(id);
    if (category === undefined) return;
    tookUs.set(category, (tookUs.get(category) ?? 0) + (timeDeltas[place] ?? 0));
  });
  const busyUs = [...tookUs.values()].reduce((sum, us) => sum + us, 0);
  const shares = [...tookUs].map(([category, us]) => [category, us / busyUs] as const);
  return new Map(shares.sort(([, one], [, other]) => other - one));
}

/** Undefined for idle time, and for what the profiler itself takes to start. */
function categoryOf({ functionName, url }: Profiler.Profile['nodes'][number]['callFrame']): string | undefined {
  if (functionName === '(idle)' || url === 'node:inspector') return undefined;
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (url === '' && /^write(v|Buffer|\w*String)$/.test(functionName)) return 'system calls that write';
  if (url === '') return 'native code: other calls, parser, microtasks';
  const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(url) ?? [];
  if (name !== undefined) return `package ${name}`;
  const [, layer] = /\/src\/(domain|application|adapters\/[\w-]+|entrypoints)\//.exec(url) ?? [];
  if (layer !== undefined) return `ours: ${layer}`;
  if (url.includes('/bench/')) return 'the bench';
  return nodeCategories.find(([pattern]) => pattern.test(url))?.[1] ?? 'node: other';
}

const nodeCategories: readonly (readonly [RegExp, string])[] = [
  [/crypto/, 'node: crypto'],
  [/_http|internal\/http|undici/, 'node: HTTP'],
  [/stream/, 'node: streams'],
  [/net|tls|stream_base_commons/, 'node: sockets, TLS'],
  [/timers|abort|event_target|events|async_hooks|process\/task_queues|promise/, 'node: timers, events, promises'],
  [/url|buffer|querystring/, 'node: URL, buffers'],
];
