import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';

/** Connections that are kept, and led through the proxies of the environment (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`). */
export function newDispatcher(): Dispatcher {
  // Longer than between two heartbeats: a new connection for each would cost more than its request.
  const options = { keepAliveTimeout: 60_000 };
  const isProxySet = ['http_proxy', 'https_proxy'].some((name) => process.env[name] ?? process.env[name.toUpperCase()]);
  // The first one parses the address of every request.
  return isProxySet ? new EnvHttpProxyAgent(options) : new Agent(options);
}
