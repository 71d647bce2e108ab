import { parseDuration } from '../../adapters/environment/duration.ts';
import { fingerprintOf } from '../../adapters/system/fingerprint-of.ts';
import { type OnceIdentity, onceWork } from '../../application/content/once-work.ts';
import type { HandlerContext } from '../../application/ports/message-handler.ts';
import type { OnceOutcome, RunOnce } from '../../application/run-once.ts';
import type { DurationMs } from '../../domain/time.ts';

export interface OnceOptions extends OnceIdentity {
  /** An ISO 8601 duration: how long to wait while another call is at work. Default: not at all. */
  readonly wait?: string;
  /** Whether to begin again what failed for good. */
  readonly again?: boolean;
}

/** What became of it. `until` is the time, by the store's clock, at which another call may take over if its owner died. */
export type OnceResult<Result> =
  | Exclude<OnceOutcome<Result>, { kind: 'active' }>
  | { readonly kind: 'active'; readonly until: Date };

/** @throws TypeError if an option cannot be used. What it returns does the work once: see RunOnce for what that throws. */
export function prepareOnce({ wait, again, ...identity }: OnceOptions) {
  const known = onceWork(identity, fingerprintOf);
  const waitMs = wait === undefined ? undefined : parsedWait(wait);
  return async <Result>(
    runOnce: RunOnce,
    work: (context: HandlerContext) => Promise<Result> | Result,
    shutdown: AbortSignal,
  ): Promise<OnceResult<Result>> => {
    const options = { ...(waitMs !== undefined && { waitMs }), ...(again !== undefined && { again }), shutdown };
    const outcome = await runOnce.run(known, work, options);
    return outcome.kind === 'active' ? { kind: 'active', until: new Date(outcome.until) } : outcome;
  };
}

function parsedWait(wait: string): DurationMs {
  const waitMs = parseDuration(wait);
  if (waitMs === undefined) throw new TypeError(`The wait of guard.once is "${wait}", but must be like "PT30S".`);
  return waitMs;
}
