import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';
import { type DurationMs, seconds } from '../../domain/time.ts';

/** Which identity reaches a service. */
export interface Identity {
  /**
   * `managed`: the identity that the platform gives this app. `default`: that, or else whoever is signed in on this machine, as
   * with `az login`.
   */
  readonly kind: 'managed' | 'default';
  /** The client ID of a user-assigned identity; the system-assigned one if there is none. */
  readonly clientId?: string | undefined;
}

/** No identity gave a token, so that a request was not sent. It can pass: an identity takes a while to reach a new instance. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
}

/**
 * A credential that loads `@azure/identity` with the first token. One serves all clients of a process: whoever asks while a
 * token is on its way waits for the same, and one that gave up waiting leaves it to the next. A request to the store of the
 * locks waits for a second or two, and a first token can take longer.
 */
export class LazyCredential implements TokenCredential {
  readonly #identity: Identity;
  readonly #tokens = new Map<string, Promise<AccessToken>>();
  #credential: Promise<TokenCredential> | undefined;

  constructor(identity: Identity) {
    this.#identity = identity;
  }

  /** @throws TokenError that says which identity gave no token. */
  async getToken(scopes: string | string[], { abortSignal, ...options }: GetTokenOptions = {}): Promise<AccessToken> {
    const key = [JSON.stringify(scopes), options.claims, options.tenantId].join();
    const known = this.#tokens.get(key) ?? this.#fetch(key, scopes, options);
    return abortSignal === undefined ? known : unlessAborted(known, abortSignal as AbortSignal);
  }

  #fetch(key: string, scopes: string | string[], options: GetTokenOptions): Promise<AccessToken> {
    const token = this.#load().then((credential) => this.#ask(credential, scopes, options));
    this.#tokens.set(key, token);
    const forget = () => void this.#tokens.delete(key);
    token.then(({ expiresOnTimestamp }) => setTimeout(forget, freshFor(expiresOnTimestamp)).unref(), forget);
    return token;
  }

  async #ask(credential: TokenCredential, scopes: string | string[], options: GetTokenOptions): Promise<AccessToken> {
    const { kind, clientId } = this.#identity;
    const name =
      clientId === undefined ? `The ${kind} identity` : `The ${kind} identity with the client ID ${clientId}`;
    try {
      const token = await credential.getToken(scopes, options);
      if (token !== null) return token;
    } catch (cause) {
      throw new TokenError(`${name} gave no token for ${scopes}. ${advice}`, { cause });
    }
    throw new TokenError(`${name} gave no token for ${scopes}. ${advice}`);
  }

  #load(): Promise<TokenCredential> {
    this.#credential ??= import('@azure/identity').then(({ DefaultAzureCredential, ManagedIdentityCredential }) => {
      const { kind, clientId } = this.#identity;
      if (kind === 'default')
        return new DefaultAzureCredential({ ...(clientId && { managedIdentityClientId: clientId }) });
      return clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId });
    });
    return this.#credential;
  }
}

const advice =
  'Give this app that identity, or sign in with "az login"; the settings that end in __credential and __clientId choose it.';

/** A token is renewed some time before it expires: the next request still has to travel. */
const freshFor = (expiresOnTimestamp: number): DurationMs =>
  Math.min(Math.max(0, expiresOnTimestamp - Date.now() - seconds(300)), longestTimerMs) as DurationMs;

/** Source: Node.js, `setTimeout`: a longer delay is taken for 1 ms. */
const longestTimerMs = 2 ** 31 - 1;

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(new DOMException('There was no token in time.', 'AbortError'));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
