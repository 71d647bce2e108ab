/** What a request is about. */
export type Target =
  | { readonly kind: 'namespace' | 'queues' | 'topics' }
  /** A queue or a topic. */
  | { readonly kind: 'entity'; readonly path: string }
  | { readonly kind: 'subscriptions'; readonly topic: string }
  | { readonly kind: 'subscription'; readonly topic: string; readonly subscription: string }
  | { readonly kind: 'rules'; readonly topic: string; readonly subscription: string }
  | { readonly kind: 'rule'; readonly topic: string; readonly subscription: string; readonly rule: string };

const pattern = /^(?<topic>.+)\/subscriptions(?:\/(?<subscription>[^/]+)(?<rules>\/rules(?:\/(?<rule>[^/]+))?)?)?$/i;

/** The path of what has one. */
export function pathOf(target: Extract<Target, { kind: 'entity' | 'subscription' | 'rule' }>): string {
  if (target.kind === 'entity') return target.path;
  const path = `${target.topic}/Subscriptions/${target.subscription}`;
  return target.kind === 'rule' ? `${path}/Rules/${target.rule}` : path;
}

/** The target that a URL's path names. A path may have slashes, and end with one. */
export function parseTarget(url: string): Target {
  const path = decodeURIComponent(new URL(url, 'http://localhost').pathname).replace(/^\/+|\/+$/g, '');
  const lower = path.toLowerCase();
  if (lower === '$namespaceinfo') return { kind: 'namespace' };
  if (lower === '$resources/queues') return { kind: 'queues' };
  if (lower === '$resources/topics') return { kind: 'topics' };
  const { topic, subscription, rules, rule } = pattern.exec(path)?.groups ?? {};
  if (topic === undefined) return { kind: 'entity', path };
  if (subscription === undefined) return { kind: 'subscriptions', topic };
  if (rule !== undefined) return { kind: 'rule', topic, subscription, rule };
  return rules === undefined ? { kind: 'subscription', topic, subscription } : { kind: 'rules', topic, subscription };
}
