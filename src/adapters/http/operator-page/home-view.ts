import { age } from '../../../domain/time.ts';
import { graceOf } from '../../../domain/ttl.ts';
import { identityText } from '../../../domain/work-key.ts';
import type { Act } from './act-log.ts';
import { type Board, mostShown } from './board.ts';
import { type Html, html } from './html.ts';
import type { LetterGroup } from './letter-groups.ts';
import type { Links } from './links.ts';
import type { SeenLock } from './seen-locks.ts';
import { command, meanings, nextText, plural, roughly } from './words.ts';

export interface View {
  readonly board: Board;
  readonly acts: readonly Act[];
  readonly links: Links;
  /** Whether whoever looks may change anything. */
  readonly mayAct: boolean;
  /** Whether this process stays, so that what it counts says something. */
  readonly isResident: boolean;
}

/** The parts of the first page, by their names: each is sent anew when it has changed. */
export const homeParts = (view: View): Readonly<Record<string, Html>> => ({
  numbers: numbers(view),
  now: now(view),
  needs: needs(view),
  acts: acts(view),
  proof: proof(view),
});

/** The first page. */
export function home(view: View): Html {
  const { numbers, needs, now, acts, proof } = homeParts(view);
  return html`${numbers}
<div class="board"><div>${now}${proof}</div><div>${needs}${acts}</div></div>`;
}

function numbers({ board, links }: View): Html {
  const { locks, letters } = board;
  const oldest = (state: 'held' | 'released' | 'failed') => {
    const [first] = locks.in(state);
    return first === undefined ? 'none' : `oldest ${roughly(age(first.since, board.storeNow))}`;
  };
  const count = (state: 'held' | 'released' | 'failed') => `${board.shown(state).count}${locks.isCut ? '+' : ''}`;
  const dead = letters === undefined ? '…' : `${letters.count}${letters.isCut ? '+' : ''}`;
  const cards: readonly (readonly [string, string, string, string])[] = [
    ['at work', count('held'), oldest('held'), links.to('/locks', { state: 'held' })],
    ['waiting for a retry', count('released'), oldest('released'), links.to('/locks', { state: 'released' })],
    ['failed for good', count('failed'), oldest('failed'), links.to('/locks', { state: 'failed' })],
    ['dead letters', dead, letters?.isCut ? 'so many were looked at' : 'on the queue', '#needs'],
    ['completed', String(Math.max(locks.completed, locks.count('completed'))), 'locks kept', links.to('/locks')],
  ];
  const troubles = [...board.troubles].map(
    ([what, why]) => html`<p class="alarm bad">⚠ The ${what} cannot be looked at: ${why}</p>`,
  );
  const asking = askingCount(board);
  return html`<div id="numbers" data-part>
<ul class="numbers">${cards.map(([name, figure, more, to]) => html`<li><a href="${to}">${name}<b>${figure}</b><span class="faint">${more}</span></a></li>`)}</ul>
${troubles}
${
  asking > 0
    ? html`<p class="alarm bad">⚠ A person is needed: ${plural(asking, 'thing')} to decide on, under “Needs you”.</p>`
    : html`<p class="calm">✓ Nobody is needed.</p>`
}
</div>`;
}

/** Groups of dead letters, failed messages and open questions that wait for a person. */
function askingCount(board: Board): number {
  const groups = board.letters?.groups.filter(({ act }) => act !== 'wait').length ?? 0;
  return groups + failedWithoutLetter(board).length + asking(board).length;
}

const asking = (board: Board): readonly SeenLock[] =>
  [...board.shown('released').locks, ...board.shown('failed').locks, ...board.shown('held').locks].filter(
    ({ inspected }) =>
      inspected !== undefined && inspected.openSteps.length > 0 && inspected.next.kind !== 'owner-works',
  );

/** Those whose dead letter is among the groups are dealt with there. */
function failedWithoutLetter(board: Board): readonly SeenLock[] {
  const dead = new Set(
    board.letters?.groups.flatMap(({ letters }) => letters.map(({ identity }) => identity && identityText(identity))),
  );
  return board.shown('failed').locks.filter(({ message }) => !dead.has(identityText(message)));
}

function now({ board, links }: View): Html {
  const held = board.shown('held');
  const released = board.shown('released');
  const rows = [...held.locks, ...released.locks].slice(0, mostShown);
  const more = held.count + released.count - rows.length;
  return html`<section id="now" data-part aria-label="Now">
<h2>Now</h2>
${
  rows.length === 0
    ? html`<p>Nothing is at work. A message that is submitted appears here:</p>
<pre>curl -H 'Idempotency-Key: order-1' -H 'Content-Type: application/json' -d '{"item":"book"}' http://…/api/messages</pre>`
    : html`<table><thead><tr><th>Message</th><th>State</th><th class="n">Attempt</th><th>Step</th><th>Owner’s lock</th></tr></thead>
<tbody>${rows.map((lock) => row(lock, board, links))}</tbody></table>`
}
${more > 0 && html`<p class="faint">${more} more: <a href="${links.to('/locks', { state: 'held' })}">at work</a>, <a href="${links.to('/locks', { state: 'released' })}">waiting</a>.</p>`}
${
  board.locks.ended.length > 0 &&
  html`<h2>Just ended</h2><ul class="plain">${board.locks.ended.map(
    ({ message, what, at }) =>
      html`<li data-key="${identityText(message)} ${at}"><span class="good">✓</span> <a class="id" href="${links.message(message)}">${identityText(message)}</a> ${what}</li>`,
  )}</ul>`
}
</section>`;
}

function row(lock: SeenLock, board: Board, links: Links): Html {
  const { message, state, attempt, stepsDone, lastStep, owner, cause, writtenAt, ttlMs, inspected } = lock;
  const id = identityText(message);
  const freeAt = writtenAt + ttlMs + graceOf(ttlMs);
  const isSilent = state === 'held' && freeAt < board.storeNow;
  const host = inspected?.stored.record.host;
  const left = Math.max(0, (freeAt - board.storeNow) / 1000);
  const shownState =
    state !== 'held'
      ? html`<span class="tag wait">↻ waits for its next attempt</span>`
      : isSilent
        ? html`<span class="tag bad">✕ its owner is silent</span>`
        : html`<span class="tag held">● at work</span>`;
  return html`<tr data-key="${lock.name} ${owner ?? ''}"${cause !== undefined && html` class="flash"`}>
<td><a class="id" data-id="${message.id}" href="${links.message(message)}">${id}</a>${cause !== undefined && html`<br><span class="wait">⇢ ${cause}</span>`}</td>
<td>${shownState}</td>
<td class="n">${attempt ?? ''}</td>
<td>${stepsDone > 0 ? html`${stepsDone} done, last <span class="id">${lastStep}</span>` : 'none done'}</td>
<td>${
    state === 'held'
      ? html`<progress max="${(ttlMs + graceOf(ttlMs)) / 1000}" value="${Math.round(left)}" data-until="${freeAt}" aria-label="until it can be taken over"></progress> <span class="faint">${host ?? ''}</span>`
      : html`<span class="faint">${inspected === undefined ? '' : nextText(inspected)}</span>`
  }</td></tr>`;
}

function needs(view: View): Html {
  const { board, links } = view;
  const groups = board.letters?.groups ?? [];
  const open = asking(board);
  const failed = failedWithoutLetter(board);
  const isEmpty = groups.length + open.length + failed.length === 0;
  return html`<section id="needs" data-part aria-label="Needs you">
<h2>Needs you</h2>
${isEmpty && html`<p>Nothing. Dead letters appear here, each with what its lock says of it; steps of which nobody knows whether they were done; and work that failed for good.</p>`}
<ul class="plain">
${groups.map((group) => groupItem(group, view))}
${open.map(
  ({ message, name }) =>
    html`<li data-key="open ${name}"><span class="tag bad">? step</span> <a class="id" data-id="${message.id}" href="${links.message(message)}">${identityText(message)}</a> was interrupted in a step that runs at most once. Find out whether it was done.</li>`,
)}
${failed.map(
  ({ message, name, inspected }) =>
    html`<li data-key="failed ${name}"><span class="tag bad">✕ failed</span> <a class="id" data-id="${message.id}" href="${links.message(message)}">${identityText(message)}</a> ${inspected?.stored.record.lastError?.split('\n')[0]?.slice(0, 200)}</li>`,
)}
</ul>
${board.letters?.isCut && html`<p class="faint">Only the first ${board.letters.count} dead letters were looked at: <code>isb dead reconcile</code> compares all.</p>`}
</section>`;
}

function groupItem({ verdict, act, cause, letters, first, last }: LetterGroup, { links, mayAct }: View): Html {
  const [letter] = letters;
  const example = letter?.identity;
  const count = letters.length;
  const tone = act === 'redrive' || act === 'complete' ? 'wait' : act === 'wait' ? 'held' : 'bad';
  const does = actOf[act];
  const button =
    does !== undefined &&
    (mayAct
      ? html` <a class="act" href="${links.to('/act', { do: does, verdict, cause })}">${does === 'redrive' ? 'Re-drive' : 'Remove'} ${count} ${verdict}…</a>`
      : html` <code>${command('dead', does, ...(does === 'redrive' ? ['--verdict', verdict] : []), '--reason', '…')}</code>`);
  return html`<li data-key="${verdict} ${cause}"><span class="tag ${tone}">${count} × ${verdict}</span> ${cause}
<br><span class="faint">${meanings[verdict]} Queued ${first.slice(0, 19)}${last === first ? '' : html` to ${last.slice(0, 19)}`}.</span>
<br>${example && html`<a class="id" data-id="${example.id}" href="${links.message(example)}">${identityText(example)}</a>${count > 1 ? html` and ${count - 1} more` : ''}`}${button}</li>`;
}

/** What this page can do about a dead letter. */
const actOf: Readonly<Record<string, 'redrive' | 'complete' | undefined>> = {
  redrive: 'redrive',
  'fix-then-redrive': 'redrive',
  complete: 'complete',
};

const actStates = {
  running: ['held', '● under way'],
  done: ['good', '✓ done'],
  stopped: ['wait', '■ stopped'],
  failed: ['bad', '✕ failed'],
} as const;

function acts({ acts: all, links, mayAct }: View): Html {
  return html`<section id="acts" data-part aria-label="Operations">
<h2>Operations</h2>
${all.length === 0 && html`<p>Nothing was done by this page yet. Whoever looks at it sees what others do, and how far it is.</p>`}
<ul class="plain">${all.map((act) => actItem(act, links, mayAct))}</ul>
</section>`;
}

function actItem(
  { id, what, who, reason, startedAt, state, progress, of, done, messages }: Act,
  links: Links,
  mayAct: boolean,
): Html {
  const [tone, name] = actStates[state];
  const stop =
    state === 'running' &&
    of !== undefined &&
    mayAct &&
    html`<form method="post" action="${links.to('/act')}"><input type="hidden" name="do" value="stop"><input type="hidden" name="act" value="${id}"><button>Stop after this batch</button></form>`;
  return html`<li data-key="${id}"><span class="tag ${tone}">${name}</span> ${who} ${what}: <q>${reason}</q>
<br><span class="faint">${startedAt.slice(11, 19)}</span> ${of !== undefined && html`<progress max="${Math.max(1, of)}" value="${done}" aria-label="${done} of ${of}"></progress> `}${progress}
${
  messages.length > 0 &&
  html`<details data-key="more ${id}"><summary>${plural(messages.length, 'message')}: ${tally(messages.map(({ outcome }) => outcome))}</summary>
<ul class="plain">${messages.slice(0, 50).map(({ message, outcome }) => html`<li><a class="id" href="${links.message(message)}">${identityText(message)}</a> ${outcome}</li>`)}</ul></details>`
}${stop}</li>`;
}

/** "3 completed, 1 at work". */
function tally(outcomes: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) {
    const kind = outcome.split(':')[0] ?? '';
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}

function proof({ board: { locks }, isResident }: View): Html {
  if (!isResident) return html`<section id="proof" data-part hidden></section>`;
  const completed = locks.count('completed');
  const figures: readonly (readonly [string, number | string])[] = [
    ['completed', completed],
    ['requests to the store for each', completed === 0 ? '–' : (locks.requests / completed).toFixed(1)],
    ['duplicates skipped', locks.count('skipped')],
    ['taken over', locks.count('taken-over')],
    ['steps done', locks.count('step-done')],
    ['steps replayed, not repeated', locks.count('step-replayed')],
    ['owners fenced off', locks.count('lost')],
  ];
  return html`<section id="proof" data-part aria-label="Proof">
<h2>Sent often, worked once</h2>
<dl class="strip">${figures.map(([name, figure]) => html`<div><dt>${name}</dt><dd>${figure}</dd></div>`)}</dl>
<p class="faint">Counted by this process since it started.</p>
</section>`;
}
