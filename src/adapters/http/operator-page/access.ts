import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { ApiRequest } from '../api-request.ts';

/** Who may look at the page, and who may act by it. */
export type Access =
  /** Whoever is on this machine. */
  | { readonly kind: 'this-machine'; readonly mayAct: boolean }
  /** Whoever has the token. */
  | { readonly kind: 'token'; readonly token: string }
  /** Whoever the host lets in: it has asked for its own key. */
  | { readonly kind: 'host' };

/**
 * Who is let in by a process of its own: whoever has the token, or without one whoever is on this machine, if only that can
 * reach it. Undefined: nobody.
 */
export function ownAccess(
  {
    host,
    adminToken,
    adminApi,
  }: { readonly host: string; readonly adminToken: string | undefined; readonly adminApi: string },
  mayActHere: boolean,
): Access | undefined {
  if (adminApi === 'off') return undefined;
  if (adminToken !== undefined) return { kind: 'token', token: adminToken };
  return isThisMachine(host.includes(':') ? `[${host}]` : host)
    ? { kind: 'this-machine', mayAct: mayActHere }
    : undefined;
}

/** Somebody who may look. `name` is known if they gave it when they signed in. */
export interface Visitor {
  readonly name: string | undefined;
  readonly mayAct: boolean;
}

export type Admission =
  | Visitor
  /** Why not, for the log and for the person. `isSignIn`: a token would help. */
  | { readonly refused: string; readonly isSignIn: boolean };

/** Lets a request in, or says why not. Nothing is trusted that a page of somebody else can make a browser send. */
export function admit(access: Access, request: ApiRequest): Admission {
  const site = request.method === 'POST' ? foreignSite(access, request) : undefined;
  if (site !== undefined) return { refused: site, isSignIn: false };
  switch (access.kind) {
    case 'host':
      return { name: undefined, mayAct: true };
    case 'this-machine': {
      const host = request.headers.get('host') ?? '';
      if (isThisMachine(host)) return { name: undefined, mayAct: access.mayAct };
      // A name of somebody else's that now means this machine: a page of theirs would read this one.
      return { refused: `the Host ${JSON.stringify(host)} is not a name of this machine`, isSignIn: false };
    }
    case 'token': {
      const bearer = /^Bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
      if (bearer !== undefined && isSame(bearer, access.token)) return { name: undefined, mayAct: true };
      const name = nameIn(request.headers.get('cookie') ?? '', access.token);
      if (name !== undefined) return { name, mayAct: true };
      return {
        refused: bearer === undefined ? 'it came without a valid sign-in' : 'its token is wrong',
        isSignIn: true,
      };
    }
  }
}

/**
 * Why a POST does not come from this page; undefined if it does. Browsers say where a request comes from, and a page cannot
 * forge it; what says nothing is not a browser, and needs to send no one else's cookies.
 *
 * Source: W3C Fetch Metadata Request Headers, section 2.4; RFC 6454, section 7.
 */
function foreignSite({ kind }: Access, { headers }: ApiRequest): string | undefined {
  const site = headers.get('sec-fetch-site');
  if (site !== null)
    return site === 'same-origin' ? undefined : `it was sent by another site (${JSON.stringify(site)})`;
  const origin = headers.get('origin');
  if (origin === null) {
    // A key in a header or in the address is nothing that a browser adds by itself.
    const hasKey = kind === 'host' || headers.get('authorization') !== null;
    return hasKey ? undefined : 'it does not say which site it was sent by';
  }
  const isOwn = URL.parse(origin)?.host === headers.get('host');
  return isOwn ? undefined : `it was sent by another site (${JSON.stringify(origin.slice(0, 200))})`;
}

/** Names that no domain system can give to another machine, with any port. */
export const isThisMachine = (host: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(host);

/** Compares digests, so that neither the time that it takes nor a length says anything about the token. */
export function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

const cookieName = 'isb-operator';
const signedInForSeconds = 12 * 3600;

/** The header that lets a browser in until `now` is 12 hours later. It does not hold the token, and nothing is kept of it here. */
export function signInCookie(name: string, token: string, isSecure: boolean, now: number = Date.now()): string {
  const until = Math.floor(now / 1000) + signedInForSeconds;
  const said = `${Buffer.from(name).toString('base64url')}.${until}`;
  const value = `${said}.${signature(said, token)}`;
  return `${cookieName}=${value}; Path=/; Max-Age=${signedInForSeconds}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
}

function nameIn(cookies: string, token: string): string | undefined {
  const value = cookies
    .split(/; */)
    .find((each) => each.startsWith(`${cookieName}=`))
    ?.slice(cookieName.length + 1);
  const [name = '', until = '', signed = ''] = value?.split('.') ?? [];
  if (!isSame(signed, signature(`${name}.${until}`, token)) || Number(until) * 1000 < Date.now()) return undefined;
  return Buffer.from(name, 'base64url').toString();
}

const signature = (said: string, token: string): string =>
  createHmac('sha256', `isb operator page ${token}`).update(said).digest('base64url');
