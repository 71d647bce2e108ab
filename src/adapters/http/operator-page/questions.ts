import { identityText, type MessageIdentity } from '../../../domain/work-key.ts';
import type { Question } from './act-forms.ts';
import { ActRefused, type Fields, stepIn, verdictIn } from './fields.ts';
import { html } from './html.ts';
import { lookAtLetters } from './letter-groups.ts';
import type { PageOperations } from './operations.ts';
import { whyNotDone } from './refusals.ts';
import { plural, roughly } from './words.ts';

/** What to ask before it is done, from what there is at the moment. Nothing is changed. */
export async function questionOf(
  fields: Fields,
  operations: PageOperations,
  message: () => MessageIdentity,
): Promise<Question> {
  switch (fields.get('do')) {
    case 'redrive':
    case 'complete':
      return lettersQuestion(fields, operations);
    case 'release':
      return releaseQuestion(message(), operations);
    case 'answer':
      return answerQuestion(message(), fields, operations);
    default:
      throw new ActRefused('There is no such act.');
  }
}

const idFields = ({ id, source }: MessageIdentity): readonly (readonly [string, string])[] => [
  ['id', id],
  ...(source === undefined ? [] : [['source', source] as const]),
];

async function releaseQuestion(message: MessageIdentity, operations: PageOperations): Promise<Question> {
  const subject = identityText(message);
  const request = { message, reason: 'asked', isDryRun: true };
  const gentle = await operations.releaseLock.run(request);
  const isActive = gentle.kind === 'refused' && gentle.refusal.kind === 'active';
  const planned = isActive ? await operations.releaseLock.run({ ...request, isForced: true }) : gentle;
  if (planned.kind !== 'planned') throw new ActRefused(whyNotDone(planned));
  const { from = '', retryAfterMs = 0 } = planned.release ?? {};
  const fields = [['do', 'release'] as const, ...idFields(message)];
  if (!isActive) {
    return {
      what: `Release the ${from} lock of ${subject}. Its finished steps stay finished.`,
      fields,
      button: 'Release it',
    };
  }
  const freeAt = gentle.refusal.kind === 'active' ? gentle.refusal.freeAt - gentle.stored.observedAt : 0;
  return {
    what: `Release the lock of ${subject} beside an owner that may be at work.`,
    warning: `Waiting is better: unless its owner writes again, the lock is free in ${roughly(freeAt)}. Released now, that owner is fenced off, and the next one starts ${roughly(retryAfterMs)} later; an effect that is under way may be made again.`,
    fields,
    more: html`<p><label class="inline"><input type="checkbox" name="force" value="yes" required> An effect may be made twice. I know, and want it.</label></p>`,
    button: 'Release it by force',
  };
}

async function answerQuestion(message: MessageIdentity, fields: Fields, operations: PageOperations): Promise<Question> {
  const step = stepIn(fields);
  const planned = await operations.answerStep.run({
    message,
    reason: 'asked',
    isDryRun: true,
    step,
    outcome: { kind: 'not-done' },
  });
  if (planned.kind !== 'planned') throw new ActRefused(whyNotDone(planned));
  const name = planned.stored.record.steps[step]?.name ?? '';
  return {
    what: `Step ${step + 1}, ${name}, of ${identityText(message)} was begun, and runs at most once. Was it done?`,
    warning: 'Only the system that the step works on can say. Look there first.',
    fields: [['do', 'answer'], ...idFields(message), ['step', String(step)]],
    more: html`<p><label class="inline"><input type="radio" name="answer" value="not-done" required> It was not done: run it again.</label></p>
<p><label class="inline"><input type="radio" name="answer" value="done" required> It was done: never run it again.</label></p>
<label for="result">If it was done: what it would have returned, as JSON</label><input id="result" class="wide" name="result" maxlength="2000" autocomplete="off">`,
    button: 'Say so',
  };
}

async function lettersQuestion(fields: Fields, operations: PageOperations): Promise<Question> {
  const isRedrive = fields.get('do') === 'redrive';
  const verdict = verdictIn(fields);
  const cause = fields.get('cause') ?? '';
  const { groups } = await lookAtLetters(operations.listDeadLetters);
  const letters = groups.find((group) => group.verdict === verdict && group.cause === cause)?.letters ?? [];
  if (letters.length === 0) throw new ActRefused('There are no such dead letters any more. Look at the page again.');
  if (isRedrive && operations.reachesOthers !== undefined) throw new ActRefused(operations.reachesOthers);
  const ordered = letters.filter(({ letter }) => letter.sessionId !== undefined).length;
  const count = plural(letters.length, 'dead letter');
  return {
    what: isRedrive ? `Put ${count} (${verdict}) back on the queue.` : `Remove ${count} whose work is done.`,
    warning:
      isRedrive && ordered > 0
        ? `${ordered} of them belong to sessions and stay: they would come behind what was sent after them. “isb dead redrive --break-order” puts them back.`
        : undefined,
    fields: [
      ['do', isRedrive ? 'redrive' : 'complete'],
      ['verdict', verdict],
      ['numbers', letters.map(({ letter }) => letter.received.sequenceNumber).join(',')],
    ],
    more: html`<p class="id">${letters
      .slice(0, 12)
      .map(({ identity, letter }) => (identity ? identityText(identity) : letter.received.sequenceNumber))
      .join(', ')}${letters.length > 12 && html` and ${letters.length - 12} more`}</p>
${
  isRedrive &&
  html`<label for="batches">How</label><select id="batches" name="batches"><option value="1,10,100">first 1, then 10, then 100 at a time; stop if one fails again</option><option value="250">all at once</option></select>
<label for="rate">At most so many a second</label><input id="rate" name="rate" type="number" min="1" max="1000" placeholder="no limit">`
}`,
    button: isRedrive ? `Re-drive ${letters.length}` : `Remove ${letters.length}`,
  };
}
