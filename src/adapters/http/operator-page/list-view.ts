import type { ListLocks } from '../../../application/operate/list-locks.ts';
import type { ListedLock } from '../../../application/ports/lock-catalog.ts';
import type { LockName } from '../../../domain/lock-name.ts';
import { age, type StoreTime } from '../../../domain/time.ts';
import { identityText } from '../../../domain/work-key.ts';
import { type Html, html } from './html.ts';
import type { Links } from './links.ts';
import { roughly } from './words.ts';

export const listedStates = ['held', 'released', 'failed', 'completed'] as const;

export interface ListRequest {
  readonly state: (typeof listedStates)[number] | undefined;
  /** What the message IDs start with. */
  readonly prefix: string | undefined;
  readonly after: LockName | undefined;
}

const mostRows = 100;
/** Pages of 5,000 names that one request looks through. */
const mostPages = 4;

/** Some locks of those that are asked for, and where to go on. However many there are, it looks through a bounded number. */
export async function listView(listLocks: Pick<ListLocks, 'run'>, request: ListRequest, links: Links): Promise<Html> {
  const { state, prefix, after } = request;
  const filter = { ...(state !== undefined && { states: new Set([state]) }), ...(prefix !== undefined && { prefix }) };
  const rows: ListedLock[] = [];
  let [pages, listed] = [0, 0];
  let now: StoreTime | undefined;
  let next: LockName | undefined;
  for await (const page of listLocks.run(filter, after)) {
    now = page.observedAt;
    listed += page.listed;
    pages += 1;
    const room = mostRows - rows.length;
    rows.push(...page.locks.slice(0, room));
    if (page.locks.length > room) next = rows.at(-1)?.name;
    else if (pages === mostPages) next = page.last;
    if (next !== undefined) break;
  }
  const asked = { state, prefix };
  return html`<section aria-label="Locks">
<h2>Locks${state !== undefined && html`, ${state}`}${prefix !== undefined && html`, message IDs that begin with <span class="id">${prefix}</span>`}</h2>
<p>${[undefined, ...listedStates].map((each) =>
    each === state
      ? html`<b>${each ?? 'all'}</b> `
      : html`<a href="${links.to('/locks', { state: each, prefix })}">${each ?? 'all'}</a> `,
  )}</p>
${
  rows.length === 0
    ? html`<p>There are none among the ${listed} names that were looked at.</p>`
    : html`<table><thead><tr><th>Message</th><th>State</th><th>Owner</th><th class="n">Written</th></tr></thead><tbody>
${rows.map(
  (lock) =>
    html`<tr><td><a class="id" data-id="${lock.messageId}" href="${links.message({ id: lock.messageId, source: lock.source })}">${identityText({ id: lock.messageId, source: lock.source })}</a></td><td>${lock.state}</td><td><code>${lock.owner ?? ''}</code></td><td class="n">${roughly(age(lock.writtenAt, now ?? lock.writtenAt))} ago</td></tr>`,
)}</tbody></table>`
}
${next !== undefined && html`<p><a class="act" href="${links.to('/locks', { ...asked, after: next })}">Go on</a></p>`}
</section>`;
}
