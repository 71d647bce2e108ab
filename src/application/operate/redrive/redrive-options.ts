import type { Verdict } from '../../../domain/dead-letter.ts';
import type { DurationMs } from '../../../domain/time.ts';
import type { DeadLetters } from '../dead-letters.ts';
import type { JudgeLetters } from '../judge-letters.ts';
import type { OperatorPorts } from '../operator-ports.ts';

export interface RedrivePorts
  extends Pick<OperatorPorts, 'store' | 'clock' | 'events' | 'timings' | 'lockNameOf' | 'who'> {
  readonly letters: DeadLetters;
  readonly judge: JudgeLetters;
}

export interface RedriveOptions {
  /** Put back on the queue, or removed since the work is done. Only letters whose verdict allows it are touched. */
  readonly act: 'redrive' | 'complete';
  readonly reason: string;
  readonly sequenceNumbers?: ReadonlySet<string> | undefined;
  readonly verdicts?: ReadonlySet<Verdict> | undefined;
  /** How many to act on at once: at first, then, and so on; the last one from there on. */
  readonly batches: readonly number[];
  readonly perSecond?: number | undefined;
  /** Whether the queue may drop a copy whose ID it has seen: a letter is then removed only once its copy was seen. */
  readonly mayDropCopies: boolean;
  /** Whether a person has found out that the work of the `unknown` ones is done, or is not: the act says which. */
  readonly isFoundOut?: boolean;
  /** Whether letters of sessions are put back, behind those that came after them. */
  readonly mayBreakOrder?: boolean;
  /** How long to wait, after each batch but those of the last size, for what becomes of its messages. */
  readonly watchMs?: DurationMs;
  /** Ends it after what is being sent. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: RedriveProgress) => void;
}

export interface RedriveProgress {
  /** Looked at so far. */
  readonly examined: number;
  /** Put back, or removed. */
  readonly done: number;
  /** Of those that were asked for, the ones that stay where they are. */
  readonly left: number;
}

export interface RedriveOutcome extends RedriveProgress {
  /** Why asked-for letters stay where they are. */
  readonly reasons: readonly { readonly sequenceNumber: string; readonly why: string }[];
  readonly ended: 'at-the-end' | 'stopped' | 'failed-again' | 'too-many-held';
}
