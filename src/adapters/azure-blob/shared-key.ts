import { createHmac, createSecretKey } from 'node:crypto';

/** What a signature is about. */
export interface SignedParts {
  readonly method: string;
  /** With the query, and as it is sent, which is URL-encoded. */
  readonly path: string;
  /** All that are sent, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * A storage account's key, which signs requests of the Blob service.
 *
 * Source: Microsoft, "Authorize with Shared Key", versions 2015-02-21 and later.
 */
export class SharedKey {
  readonly #account: string;
  readonly #hmacOf: (text: string) => string;

  /** @param key in Base64, as connection strings carry it; or what gives a text's HMAC with it, in Base64. */
  constructor(account: string, key: string | ((text: string) => string)) {
    this.#account = account;
    this.#hmacOf = typeof key === 'string' ? hmacWith(key) : key;
  }

  /** The request's Authorization header. */
  authorization(request: SignedParts): string {
    return `SharedKey ${this.#account}:${this.#hmacOf(this.#stringToSign(request))}`;
  }

  #stringToSign({ method, path, headers }: SignedParts): string {
    let text = method;
    for (const name of standardHeaders) {
      const value = headers[name];
      text += value === undefined || isLeftOut(name, value) ? '\n' : `\n${value}`;
    }
    const serviceHeaders: string[] = [];
    for (const name in headers) if (name.startsWith('x-ms-')) serviceHeaders.push(name);
    for (const name of inServiceOrder(serviceHeaders)) text += `\n${name}:${headers[name]}`;
    return `${text}\n/${this.#account}${canonicalResource(path)}`;
  }
}

function hmacWith(key: string): (text: string) => string {
  // Made once: to import the key for each signature takes ten times as long as to sign.
  const secret = createSecretKey(key, 'base64');
  return (text) => createHmac('sha256', secret).update(text).digest('base64');
}

const isLeftOut = (name: string, value: string): boolean => name === 'content-length' && value === '0';

/** Signed by their place. The date is in `x-ms-date`. */
const standardHeaders = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-type',
  'date',
  'if-modified-since',
  'if-match',
  'if-none-match',
  'if-unmodified-since',
  'range',
];

/** The service sorts as .NET does, to which an underscore comes before digits. Only names of metadata have any. */
function inServiceOrder(headers: string[]): readonly string[] {
  const names = headers.join();
  const known = orders.get(names);
  if (known !== undefined) return known;
  if (headers.some((name) => name.includes('_')))
    headers.sort((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1));
  else headers.sort();
  if (orders.size === mostOrders) orders.clear();
  orders.set(names, headers);
  return headers;
}

/** By the names as they were set. Nearly all requests have one of a few sets of names, and to sort those costs as much as to sign. */
const orders = new Map<string, readonly string[]>();
const mostOrders = 100;

const sortKey = (header: string): string => header.replaceAll('_', '!');

/** The path, and the decoded parameters of the query by name, each on a line. */
function canonicalResource(path: string): string {
  const queryStart = path.indexOf('?');
  if (queryStart < 0) return path;
  const parameters = path
    .slice(queryStart + 1)
    .split('&')
    .map(canonicalParameter);
  return [path.slice(0, queryStart), ...parameters.sort()].join('\n');
}

function canonicalParameter(parameter: string): string {
  const nameEnd = parameter.indexOf('=');
  return `${parameter.slice(0, nameEnd).toLowerCase()}:${decodeURIComponent(parameter.slice(nameEnd + 1))}`;
}
