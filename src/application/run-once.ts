import { ActiveLockError, MessageFailedError } from '../domain/errors.ts';
import type { Jsonified } from '../domain/jsonified.ts';
import type { Delivery } from '../domain/message.ts';
import { type DurationMs, durationMs, type StoreTime } from '../domain/time.ts';
import type { HandlerContext, MessageHandler } from './ports/message-handler.ts';
import type { Span, Tracing } from './ports/telemetry/tracing.ts';
import { ProcessMessage, type ProcessOutcome, type ProcessPorts } from './process-message.ts';
import type { ProcessSettings } from './settings/process-settings.ts';
import { resultValue } from './work/stored-result.ts';

/** What became of work that is to be done once. An ordinary error of the work is not among these: it is thrown. */
export type OnceOutcome<Result> =
  /** Done by this call. `result` is what JSON keeps of what the work returned, as every later call gets it. */
  | { readonly kind: 'done'; readonly result: Jsonified<Result> }
  /** Done by an earlier call. */
  | { readonly kind: 'done-before'; readonly result: Jsonified<Result> }
  /** Another call is at work. Its lock lasts until then, by the store's clock, if it writes no more; then it can be taken over. */
  | { readonly kind: 'active'; readonly until: StoreTime }
  /** Failed for good, in this call or an earlier one, with the recorded error. It is not done again unless a call asks for that. */
  | { readonly kind: 'failed'; readonly error: string };

export interface RunOnceOptions {
  /** How long to wait for another call that is at work, and for a store that is unavailable. */
  readonly waitMs?: DurationMs;
  /** Begins work again that failed for good. */
  readonly again?: boolean;
  /** Aborted when the host stops. */
  readonly shutdown?: AbortSignal;
}

export interface OncePorts extends ProcessPorts {
  readonly tracing: Tracing;
}

/** What is known of work that no broker delivers. */
export type OnceWork = Pick<Delivery, 'key' | 'message' | 'fingerprint'>;

/** Does work once that nobody delivers: whoever calls again is the redelivery. The lock is that of messages. */
export class RunOnce {
  readonly #processMessage: ProcessMessage;
  readonly #tracing: Tracing;

  constructor({ tracing, ...ports }: OncePorts, settings: ProcessSettings) {
    // Nothing counts the calls, and a call that failed may be repeated at once: its caller decides when.
    const calls = { ...settings, activeLockWaitMs: durationMs(0), maxDeliveryCount: Number.POSITIVE_INFINITY };
    this.#processMessage = new ProcessMessage(ports, noHandler, calls);
    this.#tracing = tracing;
  }

  /**
   * Runs `work` unless it is done, or at work elsewhere.
   *
   * @throws MessageMismatchError if its identity belongs to work with other content.
   * @throws DeliveryError, LockStoreError as ProcessMessage does; Error whatever `work` threw, and the next call may try again.
   */
  async run<Result>(
    once: OnceWork,
    work: (context: HandlerContext) => Promise<Result> | Result,
    { waitMs = durationMs(0), again = false, shutdown }: RunOnceOptions = {},
  ): Promise<OnceOutcome<Result>> {
    // It looks new: most likely it is, and its lock is created at once.
    const delivery: Delivery = { ...once, deliveryCount: 1, physical: notFromABroker, expiresAt: undefined };
    const handler: MessageHandler = async (_message, context) => work(context);
    try {
      const options = { handler, waitMs, again, ...(shutdown !== undefined && { shutdown }) };
      const { kind, result } = await this.#tell(once, (span) =>
        this.#processMessage.run(delivery, { ...options, span }),
      );
      return { kind: kind === 'completed' ? 'done' : 'done-before', result: resultValue(result) as Jsonified<Result> };
    } catch (error) {
      if (error instanceof ActiveLockError) return { kind: 'active', until: error.until };
      if (error instanceof MessageFailedError) return { kind: 'failed', error: error.lastError };
      throw error;
    }
  }

  #tell({ key: { scope, id } }: OnceWork, work: (span: Span) => Promise<ProcessOutcome>): Promise<ProcessOutcome> {
    return this.#tracing.begin(
      { kind: 'once', scope },
      { facts: { messageId: id, destination: scope } },
      async (span) => {
        const outcome = await work(span);
        span.set({ outcome: outcome.kind });
        return outcome;
      },
    );
  }
}

const notFromABroker = { sequenceNumber: '', enqueuedTime: '' };

const noHandler: MessageHandler = () => Promise.reject(new Error('Each call brings its own work.'));
