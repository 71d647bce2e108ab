import { escapeId } from './escaped-id.ts';
import type { Step } from './step.ts';
import { type WorkKey, workName } from './work-key.ts';

/** What the lock knows of the step that the work has come to. */
export type Recalled =
  /** Nothing: it is to be done. */
  | { readonly kind: 'new' }
  /** It is done; `result` is what it returned, as JSON text. */
  | { readonly kind: 'finished'; readonly result: string | null }
  /** It was begun, must run at most once, and nobody knows how far it got. */
  | { readonly kind: 'interrupted' }
  /** The work has come to another step here before: it was changed in between. */
  | { readonly kind: 'other'; readonly recorded: string };

/** Steps are recalled by their place, and their name must match: a result is never given to a step that did not make it. */
export function recall(steps: readonly Step[], position: number, name: string): Recalled {
  const step = steps[position];
  if (step === undefined) return { kind: 'new' };
  if (step.name !== name) return { kind: 'other', recorded: step.name };
  switch (step.status) {
    case 'not-done':
      return { kind: 'new' };
    case 'started':
      return { kind: 'interrupted' };
    case 'finished':
      return { kind: 'finished', result: step.result };
  }
}

/**
 * `steps` with `step` at `position`: what stood there is replaced, and what came after it stays.
 *
 * @throws RangeError if a step before it is not known: at another place, its result would be recalled by another step.
 */
export function withStep(steps: readonly Step[], position: number, step: Step): readonly Step[] {
  if (position > steps.length) throw new RangeError(`No place ${position} among ${steps.length} steps.`);
  return [...steps.slice(0, position), step, ...steps.slice(position + 1)];
}

/** Letters, digits and a few signs: what people can read in a status, and in a log without escapes. */
const stepName = /^[\p{L}\p{N} _./()#+-]{1,100}$/u;

export const isStepName = (name: unknown): name is string => typeof name === 'string' && stepName.test(name);

/**
 * A name for one step of one message, the same in every attempt, for the service that makes the effect: scope and name of the
 * work, the step's name, and a count where the step's name comes again. No two steps share one, neither of two messages nor of
 * two consumers that work on the same message. Its characters are those of an EscapedId and the colon, so that it can be sent
 * in an HTTP header as it is.
 */
export function idempotencyKey(work: WorkKey, name: string, occurrence: number): string {
  const key = `${escapeId(work.scope)}:${workName(work)}:${escapeId(name)}`;
  return occurrence === 1 ? key : `${key}:${occurrence}`;
}
