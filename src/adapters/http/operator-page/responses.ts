import { readFileSync } from 'node:fs';

/** Nothing of it is kept by a cache, is shown within another site, or asks another site for anything. */
const headers = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const answer = (content: string | Uint8Array<ArrayBuffer>, type: string, status = 200): Response =>
  new Response(content, { status, headers: { ...headers, 'content-type': `${type}; charset=utf-8` } });

export const pageResponse = (status: number, text: string): Response => answer(text, 'text/html', status);

const [css, javascript] = ['page.css', 'live.js'].map((name) => readFileSync(new URL(name, import.meta.url)));

export const styles = (): Response => answer(css ?? '', 'text/css');
export const script = (): Response => answer(javascript ?? '', 'text/javascript');

/** The answer to a form: what it did is shown by another page, which can be loaded again. Source: RFC 9110, section 15.4.4. */
export const seeOther = (location: string, more: Readonly<Record<string, string>> = {}): Response =>
  new Response(null, { status: 303, headers: { ...headers, location, ...more } });
