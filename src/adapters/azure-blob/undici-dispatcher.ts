import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import { isLoopback } from './is-loopback.ts';

/** How requests to one origin are sent. */
export interface Way {
  readonly dispatcher: Dispatcher;
  /** The settings that may lead them through a proxy, as words for an error; undefined if none does. */
  readonly proxy: string | undefined;
}

/** Longer than between two heartbeats: a new connection for each would cost more than its request. */
const options = { keepAliveTimeout: 60_000 };

/**
 * Connections that are kept, and led through the proxies of the environment (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`), but
 * never to this machine: a proxy elsewhere cannot reach it, and `NO_PROXY=localhost` does not mean 127.0.0.1 to any client.
 */
export class Dispatchers {
  readonly #ways = new Map<string, Way>();

  to(origin: string): Way {
    const known = this.#ways.get(origin);
    if (known !== undefined) return known;
    const proxies = isLoopback(new URL(origin).hostname) ? [] : proxySettings();
    const way =
      proxies.length === 0
        ? { dispatcher: new Pool(origin, options), proxy: undefined }
        : { dispatcher: new EnvHttpProxyAgent(options), proxy: proxies.join(' and ') };
    this.#ways.set(origin, way);
    return way;
  }
}

const proxySettings = (): readonly string[] =>
  ['http_proxy', 'https_proxy'].flatMap((name) =>
    [name, name.toUpperCase()].filter((spelling) => process.env[spelling]).slice(0, 1),
  );
