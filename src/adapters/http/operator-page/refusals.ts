import type { StoreTime } from '../../../domain/time.ts';
import type { PageOperations } from './operations.ts';
import { roughly } from './words.ts';

type Outcome = Awaited<ReturnType<PageOperations['releaseLock']['run'] | PageOperations['answerStep']['run']>>;
type Refusal = (Outcome & { readonly kind: 'refused' })['refusal'];

/** Why a lock was not written, and what to do. */
export function whyNotDone(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'absent':
      return 'There is no lock of this message. Nothing was done.';
    case 'changed':
      return 'Another owner was faster: the lock is not the one that was shown. Nothing was done; look at it again.';
    case 'refused':
      return `${whyRefused(outcome.refusal, outcome.stored.observedAt)} Nothing was done.`;
    default:
      return 'Nothing was done.';
  }
}

function whyRefused(refusal: Refusal, now: StoreTime): string {
  switch (refusal.kind) {
    case 'active':
      return `Its owner may be at work. Unless it writes again, the lock is free in ${roughly(refusal.freeAt - now)}.`;
    case 'completed':
      return 'The work is completed. To run it again, send a message under a new ID.';
    case 'released':
      return 'The lock is released already: the next delivery takes it over.';
    case 'not-open':
      return 'That step does not wait for an answer.';
  }
}
