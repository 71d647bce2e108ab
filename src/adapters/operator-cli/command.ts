import type { MoveLocks } from '../../application/layout/move-locks.ts';
import type { AnswerStep } from '../../application/operate/answer-step.ts';
import type { QueuedMessages } from '../../application/operate/dead-letters.ts';
import type { FindMessage } from '../../application/operate/find-message.ts';
import type { FindOrphans } from '../../application/operate/find-orphans.ts';
import type { InspectMessage } from '../../application/operate/inspect-message.ts';
import type { ListDeadLetters, Reconcile } from '../../application/operate/list-dead-letters.ts';
import type { ListLocks } from '../../application/operate/list-locks.ts';
import type { Redrive } from '../../application/operate/redrive/redrive.ts';
import type { ReleaseLock } from '../../application/operate/release-lock.ts';
import type { Retention } from '../../domain/dead-letter.ts';
import { isMessageId, parseMessageId } from '../../domain/message-id.ts';
import type { DurationMs, StoreTime } from '../../domain/time.ts';
import type { MessageIdentity } from '../../domain/work-key.ts';
import type { Terminal } from './terminal.ts';

/** What the commands do it with. Nothing of it connects before it is used. */
export interface Operations {
  readonly listLocks: ListLocks;
  readonly inspectMessage: InspectMessage;
  readonly releaseLock: ReleaseLock;
  readonly answerStep: AnswerStep;
  readonly listDeadLetters: ListDeadLetters;
  readonly reconcile: Reconcile;
  readonly redrive: Redrive;
  readonly findOrphans: FindOrphans;
  readonly findMessage: FindMessage;
  readonly queue: QueuedMessages;
  readonly retention: Retention;
  readonly moveLocks: MoveLocks;
  readonly storeNow: () => Promise<StoreTime>;
  /** Whether it is known which message a lock belongs to, as without `--guards unknown`. */
  readonly areNamesKnown: boolean;
  /** Who acts, as far as the tool can know. */
  readonly who: string;
  /** What is operated on, for people. */
  readonly target: string;
  /** Whether re-driven messages reach others than whoever dead-lettered them: the topic of a subscription. */
  readonly reachesOthers: string | undefined;
  /** Whether the queue drops a message whose ID it has seen; undefined if that is not known. */
  readonly dropsDuplicates: boolean | undefined;
}

/** How a command ended, as the exit code of the process. */
export const exitCode = { ok: 0, attention: 1, usage: 2, notFound: 3, refused: 4, unreachable: 5 } as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** An option: its value's name in the help, if it takes one, and what it is for. */
export interface Option {
  readonly value?: string;
  readonly short?: string;
  readonly isMany?: boolean;
  readonly help: string;
}

export interface Invocation {
  readonly operations: Operations;
  readonly terminal: Terminal;
  readonly options: OptionValues;
  readonly operands: readonly string[];
  /** Aborted by Ctrl-C: what is under way is ended in order. */
  readonly signal: AbortSignal;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** For the help: `<id>`, `<number>…`. */
  readonly operands?: string;
  /** How many there must be. */
  readonly count: readonly [least: number, most: number];
  readonly options: Readonly<Record<string, Option>>;
  readonly run: (invocation: Invocation) => Promise<ExitCode>;
}

/** The command cannot be used as it was given. The message says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError if that cannot be the ID of a message. */
export function identityFrom(id: string, source: string | undefined): MessageIdentity {
  const parsed = parseMessageId(id);
  if (!isMessageId(parsed)) throw new UsageError(`The message ID ${parsed.problem}`);
  return { id: parsed, ...(source !== undefined && { source }) };
}

/** The options that were given, read as what they must be. */
export class OptionValues {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #parseDuration: (text: string) => DurationMs | undefined;

  constructor(values: Readonly<Record<string, unknown>>, parseDuration: (text: string) => DurationMs | undefined) {
    this.#values = values;
    this.#parseDuration = parseDuration;
  }

  is(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** A text that must be given. */
  needed(name: string, why: string): string {
    const value = this.text(name)?.trim();
    if (value) return value;
    throw new UsageError(`--${name} is missing: ${why}`);
  }

  /** Values of an option that is given several times, or with commas. */
  list(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.flatMap((each) => String(each).split(',')).filter(Boolean) : [];
  }

  duration(name: string): DurationMs | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const duration = this.#parseDuration(text);
    if (duration !== undefined) return duration;
    throw new UsageError(`--${name} is "${text}", but must be an ISO 8601 duration like PT5M or P2D.`);
  }

  count(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : countIn(name, text);
  }

  counts(name: string): readonly number[] {
    return this.list(name).map((text) => countIn(name, text));
  }
}

function countIn(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`--${name} is "${text}", but must be a whole number from 1 on.`);
}
