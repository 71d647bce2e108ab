import { isLoopback } from './is-loopback.ts';

/** What is wrong with the proxies that the environment names, a sentence each. */
export interface ProxyFindings {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Checks the proxies on the way to the storage account at `storageHost`: at the first request their client would fail with
 * words that blame the account. Requests to this machine never go through a proxy, so that they do not matter to those.
 */
export function proxyFindings(
  environment: Readonly<Record<string, string | undefined>>,
  storageHost: string | undefined,
): ProxyFindings {
  const bad = proxyNames.filter((name) => environment[name] && !isProxy(environment[name]));
  if (storageHost !== undefined && isLoopback(storageHost)) {
    return {
      problems: [],
      warnings: bad.map(
        (name) => `${name} is not a proxy's URL. It is not used, since LockStorage is on this machine.`,
      ),
    };
  }
  return {
    problems: bad.map(
      (name) => `${name} is not a proxy's URL: it must be like "http://proxy.example:3128", with its scheme.`,
    ),
    warnings: [],
  };
}

const proxyNames = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'];

/** What undici takes. Its value is not shown in any problem: it can hold a password. */
function isProxy(value: string | undefined): boolean {
  const url = URL.parse(value ?? '');
  return url !== null && ['http:', 'https:', 'socks5:', 'socks:'].includes(url.protocol) && url.hostname !== '';
}
