import type { InspectedMessage } from '../../../application/operate/inspect-message.ts';
import { isExpired, tokenOf } from '../../../domain/lock-record.ts';
import { age, type StoreTime, storeTime } from '../../../domain/time.ts';
import { traceIds } from '../../../domain/trace-context.ts';
import { rfc3339 } from '../../../domain/utc-text.ts';
import { identityText, type MessageIdentity } from '../../../domain/work-key.ts';
import { type Html, html, lines } from './html.ts';
import { lifeLine, ownersOf } from './life-line.ts';
import type { Links } from './links.ts';
import { command, nextText, roughly } from './words.ts';

export interface MessageView {
  readonly message: MessageIdentity;
  readonly inspected: InspectedMessage | undefined;
  /** The writes of its present owner that were seen. */
  readonly writes: readonly StoreTime[];
  readonly links: Links;
  readonly mayAct: boolean;
}

/** One message: its life as a drawing and in tables, what comes next, and what can be done. */
export function messagePart(view: MessageView): Html {
  const { message, inspected } = view;
  return html`<div id="life" data-part>
<section aria-label="Message">
<h2>Message <span class="id">${identityText(message)}</span></h2>
${
  inspected === undefined
    ? html`<p>There is no lock of this message: it was not taken up yet, its lock was deleted after its retention, or it was never sent.</p>
<p><a href="${view.links.to('/locks', { prefix: message.id })}">Messages whose IDs begin so</a></p>`
    : known(view, inspected)
}
</section>
</div>`;
}

const states = {
  held: ['held', '● at work'],
  released: ['wait', '↻ released, waits for its next attempt'],
  completed: ['good', '✓ completed'],
  failed: ['bad', '✕ failed for good'],
} as const;

function known(view: MessageView, inspected: InspectedMessage): Html {
  const { stored } = inspected;
  const { record, writtenAt, observedAt } = stored;
  const [tone, text] =
    isExpired(stored) && record.state === 'held' ? (['bad', '✕ its owner is silent'] as const) : states[record.state];
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['attempt', `${record.attempt}, ${record.failures} failed, ${record.crashes} crashed in a row`],
    ['owner', `${record.owner} on ${record.host}, fencing token ${tokenOf(stored)}`],
    ['written', `${roughly(age(writtenAt, observedAt))} ago, ${rfc3339(writtenAt)} by the store’s clock`],
    [
      'queued',
      `${record.physical.enqueuedTime || 'at an unknown time'}, sequence number ${record.physical.sequenceNumber}`,
    ],
    ['error', record.lastError ?? undefined],
    ['result', record.result ?? undefined],
    [
      'by hand',
      record.operator &&
        `${record.operator.action} by ${record.operator.who}, ${record.operator.at}: ${record.operator.reason}`,
    ],
    ['trace', record.traceparent === undefined ? undefined : traceIds({ traceparent: record.traceparent }).traceId],
  ];
  return html`<p><span class="tag ${tone}">${text}</span> ${nextText(inspected)}</p>
${lifeLine(stored, view.writes)}
<dl class="facts">${facts.map(([name, value]) => (value !== undefined && value !== '' ? html`<dt>${name}</dt><dd>${value.slice(0, 2000)}</dd>` : html``))}</dl>
${acts(view, inspected)}
${stepTable(inspected)}
<h2>Owners</h2>
<table><thead><tr><th>Owner</th><th>Host</th><th>From, by the store’s clock</th><th>Last write</th><th>How it ended</th></tr></thead><tbody>
${ownersOf(stored).map(
  ({ owner, host, from, to, ending }) =>
    html`<tr><td><code title="${owner}">${owner.slice(0, 12)}</code></td><td>${host}</td><td>${timeOf(from)}</td><td>${timeOf(to)}</td><td>${ending}</td></tr>`,
)}
</tbody></table>
<details data-key="record"><summary>The whole record</summary><pre>${lines(JSON.stringify(record, null, 2))}</pre></details>`;
}

const timeOf = (time: number): string => rfc3339(storeTime(time)).slice(0, 19);

const stepStates = {
  finished: ['good', '✓ done'],
  started: ['bad', '? begun: nobody knows whether it was done'],
  'not-done': ['wait', '↻ not done, is run again'],
} as const;

function stepTable({ stored }: InspectedMessage): Html {
  const { steps } = stored.record;
  if (steps.length === 0) return html`<p class="faint">No step is finished yet.</p>`;
  return html`<h2>Steps</h2>
<table><thead><tr><th class="n">No.</th><th>Step</th><th>State</th><th>When, by its owner’s clock</th><th>Result</th></tr></thead><tbody>
${steps.map(({ name, status, at, result }, position) => {
  const [tone, text] = stepStates[status];
  return html`<tr><td class="n">${position + 1}</td><td class="id">${name}</td><td class="${tone}">${text}</td><td>${(at ?? '').slice(0, 23)}</td><td><code>${(result ?? '').slice(0, 300)}</code></td></tr>`;
})}
</tbody></table>`;
}

function acts({ message, links, mayAct }: MessageView, { openSteps, stored, next }: InspectedMessage): Html {
  const { state, steps } = stored.record;
  const source = message.source === undefined ? [] : ['--source', message.source];
  const { id } = message;
  const possible: readonly { readonly text: string; readonly to: string; readonly command: string }[] = [
    ...(next.kind === 'owner-works' ? [] : openSteps).flatMap((position) => {
      const step = String(position);
      const name = steps[position]?.name ?? '';
      return [
        {
          text: `Step ${position + 1}, ${name}: say whether it was done…`,
          to: links.to('/act', { do: 'answer', id, source: message.source, step }),
          command: command('locks', 'answer', id, ...source, '--step', String(position + 1), '--done', '--reason', '…'),
        },
      ];
    }),
    ...(state === 'held' || state === 'failed'
      ? [
          {
            text: 'Release the lock…',
            to: links.to('/act', { do: 'release', id, source: message.source }),
            command: command('locks', 'release', id, ...source, '--reason', '…'),
          },
        ]
      : []),
  ];
  if (possible.length === 0) return html``;
  return html`<h2>What a person can do</h2><ul class="plain">${possible.map(
    ({ text, to, command: line }) =>
      html`<li>${mayAct && html`<a class="act" href="${to}">${text}</a> `}<code>${line}</code></li>`,
  )}</ul>`;
}
