import { scopePattern, scopeRule } from '../../adapters/azure-functions/source-problems.ts';
import { parseDuration } from '../../adapters/environment/duration.ts';
import { fingerprintOf } from '../../adapters/system/fingerprint-of.ts';
import type { HandlerContext } from '../../application/ports/message-handler.ts';
import type { OnceOutcome, OnceWork, RunOnce, RunOnceOptions } from '../../application/run-once.ts';
import type { Content } from '../../domain/message.ts';
import { isMessageId, parseMessageId } from '../../domain/message-id.ts';
import type { DurationMs } from '../../domain/time.ts';

export interface OnceOptions {
  /** The folder of its locks: what kind of work this is. Not that of a queue. */
  readonly scope: string;
  /** What the work is known by within its scope: a date, an order number. 1 to 128 UTF-16 units. */
  readonly id: string;
  /** What it is about, as JSON or bytes. Under one ID it has to be the same each time. */
  readonly content?: unknown;
  /** An ISO 8601 duration: how long to wait while another call is at work. Default: not at all. */
  readonly wait?: string;
  /** Whether to begin again what failed for good. */
  readonly again?: boolean;
}

/** What became of it. `until` is the time, by the store's clock, at which another call may take over if its owner died. */
export type OnceResult<Result> =
  | Exclude<OnceOutcome<Result>, { kind: 'active' }>
  | { readonly kind: 'active'; readonly until: Date };

/** The use case's own terms for work that is to be done once. */
export interface PreparedOnce {
  readonly work: OnceWork;
  readonly options: RunOnceOptions;
}

/** @throws TypeError if an option cannot be used. */
export function prepareOnce({ scope, id: givenId, content, wait, again }: OnceOptions): PreparedOnce {
  if (!scopePattern.test(scope)) throw new TypeError(`The scope of guard.once must be ${scopeRule}.`);
  const id = parseMessageId(givenId);
  if (!isMessageId(id)) throw new TypeError(`The id of guard.once ${id.problem}`);
  const waitMs = wait === undefined ? undefined : parsedWait(wait);
  const message = { id, source: '/', type, content: contentOf(content), properties: {} };
  return {
    work: { key: { scope, id }, message, fingerprint: digest(message) },
    options: { ...(waitMs !== undefined && { waitMs }), ...(again !== undefined && { again }) },
  };
}

/**
 * Does `work` once.
 *
 * @throws MessageMismatchError if the ID was used for other content.
 * @throws Error whatever `work` threw; the next call may try again, from the step that failed.
 */
export async function once<Result>(
  runOnce: RunOnce,
  { work: known, options }: PreparedOnce,
  work: (context: HandlerContext) => Promise<Result> | Result,
  shutdown: AbortSignal,
): Promise<OnceResult<Result>> {
  const outcome = await runOnce.run(known, work, { ...options, shutdown });
  return outcome.kind === 'active' ? { kind: 'active', until: new Date(outcome.until) } : outcome;
}

const type = 'immutable-service-bus.once';

function parsedWait(wait: string): DurationMs {
  const waitMs = parseDuration(wait);
  if (waitMs === undefined) throw new TypeError(`The wait of guard.once is "${wait}", but must be like "PT30S".`);
  return waitMs;
}

const contentOf = (content: unknown): Content =>
  content instanceof Uint8Array ? { kind: 'binary', bytes: content } : { kind: 'json', value: content ?? null };

function digest(message: Parameters<typeof fingerprintOf>[0]) {
  try {
    return fingerprintOf(message);
  } catch (cause) {
    throw new TypeError('The content of guard.once must be JSON, or bytes.', { cause });
  }
}
