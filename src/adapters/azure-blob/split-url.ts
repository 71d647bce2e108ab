/** Where a URL's request is sent to, and what is asked for there: the path with the query, as the URL has them. */
export function splitUrl(url: string): { readonly origin: string; readonly path: string } {
  const pathStart = url.indexOf('/', url.indexOf('://') + '://'.length);
  return { origin: url.slice(0, pathStart), path: url.slice(pathStart) };
}
