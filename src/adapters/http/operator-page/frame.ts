import type { StoreTime } from '../../../domain/time.ts';
import { type Html, html } from './html.ts';
import type { Links } from './links.ts';
import type { PageSource } from './operations.ts';

export interface FrameOptions {
  readonly title: string;
  readonly links: Links;
  readonly sources: readonly PageSource[];
  readonly source: PageSource;
  /** What the store's clock may show. */
  readonly now: StoreTime;
  /** How the page learns of changes: from a stream at this address, by asking every so many seconds, or not at all. */
  readonly live?: { readonly stream: string } | { readonly pollSeconds: number } | undefined;
  readonly main: Html;
}

/** A whole page. It can be read without scripts; with them, its parts follow what happens. */
export function frame({ title, links, sources, source, now, live, main }: FrameOptions): string {
  const stream = live !== undefined && 'stream' in live ? html` data-stream="${live.stream}"` : undefined;
  const poll = live !== undefined && 'pollSeconds' in live ? html` data-poll="${live.pollSeconds}"` : undefined;
  const refresh = live !== undefined && html`<noscript><meta http-equiv="refresh" content="10"></noscript>`;
  const page = html`<!doctype html>
<html lang="en" data-now="${now}"${stream}${poll}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${links.to('/page.css')}">
<script type="module" src="${links.to('/live.js')}"></script>
${refresh}
</head>
<body>
<header>
<h1><a href="${links.to('/')}">Immutable Service Bus</a></h1>
<span>${sourceLinks(sources, source, links)}</span>
${live !== undefined && html`<span class="live" id="live" role="status">as of now</span>`}
<form action="${links.to('/message')}" method="get" role="search">${hidden(links.kept)}
<label class="inline" for="search">Message ID</label>
<input id="search" type="search" name="id" required maxlength="128" autocomplete="off" spellcheck="false" title="Press / to come here">
</form>
</header>
<main>
${main}
</main>
</body>
</html>
`;
  return page.text;
}

const sourceLinks = (sources: readonly PageSource[], chosen: PageSource, links: Links): readonly Html[] =>
  sources.map((source, index) =>
    source === chosen
      ? html`<b>${source.name}</b> `
      : html`<a href="${links.to('/', { queue: String(index) })}">${source.name}</a> `,
  );

/** Fields of a form that nobody fills in. */
export const hidden = (fields: readonly (readonly [string, string])[]): readonly Html[] =>
  fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
