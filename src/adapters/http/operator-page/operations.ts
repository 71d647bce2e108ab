import type { AnswerStep } from '../../../application/operate/answer-step.ts';
import type { InspectMessage } from '../../../application/operate/inspect-message.ts';
import type { ListDeadLetters } from '../../../application/operate/list-dead-letters.ts';
import type { ListLocks } from '../../../application/operate/list-locks.ts';
import type { Redrive } from '../../../application/operate/redrive/redrive.ts';
import type { ReleaseLock } from '../../../application/operate/release-lock.ts';

/** What the page does it with, in the name of one person. Nothing of it connects before it is used. */
export interface PageOperations {
  readonly listLocks: Pick<ListLocks, 'run'>;
  readonly inspectMessage: Pick<InspectMessage, 'run'>;
  readonly releaseLock: Pick<ReleaseLock, 'run'>;
  readonly answerStep: Pick<AnswerStep, 'run'>;
  readonly listDeadLetters: Pick<ListDeadLetters, 'run'>;
  readonly redrive: Pick<Redrive, 'run'>;
  /** Why re-driven messages would reach others than whoever dead-lettered them, as from a subscription. */
  readonly reachesOthers: string | undefined;
  /** Whether the queue drops a message whose ID it has seen; undefined if that is not known. */
  readonly dropsDuplicates: boolean | undefined;
}

/** One queue or subscription with its locks. */
export interface PageSource {
  /** The queue, or the topic and its subscription. */
  readonly name: string;
  /** The folder of its locks. */
  readonly scope: string;
  readonly operations: (who: string) => PageOperations;
}
