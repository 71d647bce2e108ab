import type { PublishFault } from '../../../src/adapters/in-memory/in-memory-message-publisher.ts';
import type { DurationMs } from '../../../src/domain/time.ts';

/** Everything that is not left to the application in one simulated run. It is data, so that a failing one can be made smaller. */
export interface Plan {
  /** Of what the application leaves to chance: when it polls, and how long it backs off. */
  readonly seed: number;
  readonly ttlMs: DurationMs;
  readonly functionTimeoutMs: DurationMs;
  readonly peekLockMs: DurationMs;
  /** How often the broker delivers a message before it dead-letters it; null for as often as it takes. */
  readonly maxDeliveryCount: number | null;
  readonly keepsCompleted: boolean;
  readonly work: readonly StepPlan[];
  readonly instances: readonly InstancePlan[];
  readonly messages: readonly MessagePlan[];
  readonly clients: readonly ClientPlan[];
  readonly sweep: SweepPlan | null;
  /** When somebody asks for the message's status, in milliseconds from the start. */
  readonly looks: readonly number[];
}

/** One step of the work. */
export interface StepPlan {
  readonly ms: number;
  /** In how many attempts it fails, from the first on. */
  readonly failTimes: number;
  /** Whether a failure of it is for good. */
  readonly isPermanent: boolean;
  readonly atMostOnce: boolean;
  /** Whether it says that it did nothing when it fails. */
  readonly knowsNotDone: boolean;
  /** Whether it goes on though its signal is aborted. */
  readonly ignoresSignal: boolean;
}

/** One process of the app, its machine, its clocks and its network. */
export interface InstancePlan {
  /** By how much its wall clock is wrong. */
  readonly wallOffset: number;
  /** By how many parts of a million its clocks run fast. */
  readonly driftPpm: number;
  readonly wallClock: { readonly kind: 'jumps'; readonly at: number; readonly by: number } | StopsAt | null;
  /** How long its requests and the answers to them take, in turn. */
  readonly latency: readonly number[];
  readonly troubles: readonly Trouble[];
  /** When and for how long it stands still; if its machine sleeps, so does its monotonic clock. */
  readonly pause: { readonly at: number; readonly ms: number; readonly isAsleep: boolean } | null;
  readonly end: { readonly kind: 'crash' | 'shutdown'; readonly at: number } | null;
}

interface StopsAt {
  readonly kind: 'stops';
  readonly at: number;
}

/** What happens to the `nth` request of an instance, from 0. */
export interface Trouble {
  readonly nth: number;
  readonly kind: TroubleKind;
  readonly beforeMs: number;
  readonly afterMs: number;
}

export type TroubleKind =
  | 'slow'
  | 'request lost'
  | 'answer lost'
  /** It gets no answer, and arrives after `afterMs`. */
  | 'request late'
  /** So it does, and a second time after that long again. */
  | 'request late and twice'
  | 'transient error'
  | 'final error'
  | 'crash before the request'
  | 'crash after the request';

/** One physical message under the one ID. */
export interface MessagePlan {
  readonly sentAt: number;
  readonly hasOtherContent: boolean;
  /** Which instance gets its deliveries, in turn. */
  readonly receivers: readonly number[];
  /** How long after each delivery the broker gives the message to somebody else, though it is still worked on. */
  readonly lostAfter: readonly (number | null)[];
  /** How many of its settlements the broker does not get. */
  readonly settlementsLost: number;
}

/** Somebody who submits the message through the use case. */
export interface ClientPlan {
  readonly at: DurationMs;
  /** What becomes of its tries, null if all goes well. Those after them go well. */
  readonly faults: readonly (PublishFault | null)[];
  /** How each of its messages is delivered. */
  readonly message: MessagePlan;
}

export interface SweepPlan {
  readonly at: readonly number[];
  readonly completedRetentionMs: DurationMs;
  readonly abandonedRetentionMs: DurationMs;
  /** How long its deletions are on their way, in turn. */
  readonly latency: readonly number[];
}

/** The names of the steps, of which a plan has as many as it has steps. */
export const stepNames: readonly string[] = ['reserve', 'charge', 'ship', 'tell'];
