import { InMemoryLockStore } from '../adapters/in-memory/in-memory-lock-store.ts';
import { ManualClock } from '../adapters/in-memory/manual-clock.ts';
import { fingerprintOf } from '../adapters/system/fingerprint-of.ts';
import { sha256Hex } from '../adapters/system/sha256.ts';
import { asError } from '../application/error-text.ts';
import type { HandlerContext, MessageHandler, StepContext } from '../application/ports/message-handler.ts';
import type { ProcessSettings } from '../application/settings/process-settings.ts';
import { resultValue } from '../application/work/stored-result.ts';
import { DeliveryError } from '../domain/errors.ts';
import { lockName } from '../domain/lock-name.ts';
import type { LockRecord } from '../domain/lock-record.ts';
import type { Content, DeliveredMessage, Delivery } from '../domain/message.ts';
import type { MessageId } from '../domain/message-id.ts';
import { durationMs, seconds } from '../domain/time.ts';
import { type StoreFaults, TestProcess } from './simulated-process.ts';

export interface RunOptions {
  /** The message ID. Default: `message-1`. */
  readonly id?: string;
  /** What else the sender set: properties, subject, type, and so on. */
  readonly message?: Partial<Omit<DeliveredMessage, 'id' | 'content'>>;
  /** How often the message is sent; its copies are delivered at once, each to a process of its own. Default: once. */
  readonly deliveries?: number;
  /**
   * After how many finished steps the process dies: 0 before the first. A list says it of the first attempts in turn. A later
   * attempt counts the steps that were finished before, too.
   */
  readonly crashAfter?: number | readonly (number | undefined)[];
  /** What goes wrong between the processes and the store. */
  readonly failStore?: StoreFaults;
  /** How the hosts are set. Default: as the product is. */
  readonly settings?: Partial<ProcessSettings>;
  /** The time of the run. It moves on by itself while nothing is at work; move it on yourself to let a handler's time run out. */
  readonly clock?: ManualClock;
}

/** How one delivery ended. */
export interface DeliveryEnd {
  /** How a host settles it. After a crash it does not: the broker delivers the message again. */
  readonly settledAs: 'complete' | 'dead-letter' | 'abandon' | 'crash';
  readonly error?: Error;
}

export interface RunStep {
  readonly name: string;
  /** What is stored of what it returned. */
  readonly result: unknown;
  /** How often its work ran: more than once only if a process died, or it threw. */
  readonly runs: number;
}

/** What came of a message. */
export interface HandlerRun {
  /** `unfinished`: its last permitted delivery was over before the work was. */
  readonly outcome: 'completed' | 'failed' | 'unfinished';
  /** What is stored of what the handler returned. */
  readonly result: unknown;
  /** The recorded error, if it did not complete. */
  readonly error: string | undefined;
  /** How often the handler was called. */
  readonly attempts: number;
  /** In the order in which they first ran. */
  readonly steps: readonly RunStep[];
  /** All deliveries, in the order in which they ended. */
  readonly deliveries: readonly DeliveryEnd[];
  /** How often the store was asked. */
  readonly requests: number;
  /** The lock as it is stored in the end; undefined if there is none. */
  readonly lock: LockRecord | undefined;
}

const defaults: ProcessSettings = {
  lockTtlMs: seconds(30),
  activeLockWaitMs: seconds(45),
  maxDeliveryCount: 10,
  maxAttempts: 10,
  functionTimeoutMs: seconds(300),
  keepsCompleted: true,
  host: 'test',
};

/**
 * Runs a handler as a host would, over a store in memory: with the crashes, faults and duplicates that are asked for, until every
 * delivery is settled, or the broker gives up. It needs no test runner and takes no time.
 */
export async function runHandler(
  handler: MessageHandler,
  content: unknown,
  {
    id = 'message-1',
    message,
    deliveries = 1,
    crashAfter,
    failStore,
    settings,
    clock = new ManualClock(),
  }: RunOptions = {},
): Promise<HandlerRun> {
  const store = new InMemoryLockStore({ writeClock: () => clock.wallTime() });
  const work = new CountedWork(handler);
  const all = { ...defaults, ...settings };
  const crashes = typeof crashAfter === 'number' ? [crashAfter] : [...(crashAfter ?? [])];
  const ends: DeliveryEnd[] = [];
  let requests = 0;
  let processes = 0;
  const first = deliveryOf(id, content, message);
  const newProcess = () => {
    processes += 1;
    return new TestProcess({
      ...{ name: `process-${processes}`, store, clock, settings: all },
      handler: work.inProcess(`process-${processes}`),
      crashAfter: crashes.shift(),
      onRequest: (operation) => {
        requests += 1;
        return failStore?.({ nth: requests, operation });
      },
    });
  };
  const untilSettled = async (copy: number): Promise<void> => {
    const physical = { sequenceNumber: String(copy), enqueuedTime: clock.timestamp() };
    for (let deliveryCount = 1; deliveryCount <= all.maxDeliveryCount; deliveryCount += 1) {
      const process = newProcess();
      const delivery = { ...first, deliveryCount, physical, message: { ...first.message, deliveryCount } };
      const end = await Promise.race([endOf(process, delivery), process.died.then((): DeliveryEnd => crash)]);
      if (end.settledAs === 'crash') work.atWork.delete(process.name);
      ends.push(end);
      if (end.settledAs === 'complete' || end.settledAs === 'dead-letter') return;
    }
  };
  const copies = Array.from({ length: deliveries }, (_, index) => untilSettled(index + 1));
  await whileTimePasses(Promise.all(copies), clock, work);
  const lock = (await store.read(lockName(first.key, sha256Hex)))?.record;
  return {
    outcome: lock?.state === 'completed' || lock?.state === 'failed' ? lock.state : 'unfinished',
    result: resultValue(lock?.result ?? null),
    error: lock?.state === 'completed' ? undefined : (lock?.lastError ?? undefined),
    attempts: work.attempts,
    steps: [...work.runs].map(([name, runs]) => ({ name, result: resultOf(lock, name), runs })),
    deliveries: ends,
    requests,
    lock,
  };
}

const crash: DeliveryEnd = { settledAs: 'crash' };

async function endOf({ processMessage }: TestProcess, delivery: Delivery): Promise<DeliveryEnd> {
  try {
    await processMessage.run(delivery);
    return { settledAs: 'complete' };
  } catch (thrown) {
    const error = asError(thrown);
    return { settledAs: error instanceof DeliveryError && error.isFinal ? 'dead-letter' : 'abandon', error };
  }
}

/** A handler, and how often it and its steps were run. */
class CountedWork {
  readonly runs = new Map<string, number>();
  /** The processes in which it is at work. */
  readonly atWork = new Set<string>();
  attempts = 0;
  readonly #handler: MessageHandler;

  constructor(handler: MessageHandler) {
    this.#handler = handler;
  }

  inProcess(name: string): MessageHandler {
    return async (message, context) => {
      this.attempts += 1;
      this.atWork.add(name);
      const counted: HandlerContext = { ...context, step: this.#counting(context.step) };
      try {
        return await this.#handler(message, counted);
      } finally {
        this.atWork.delete(name);
      }
    };
  }

  #counting(step: HandlerContext['step']): HandlerContext['step'] {
    return (name, work, options) =>
      step(
        name,
        (context: StepContext) => {
          this.runs.set(name, (this.runs.get(name) ?? 0) + 1);
          return work(context);
        },
        options,
      );
  }
}

/** Lets time pass as long as everybody only waits: what a handler does takes as long as it takes. */
async function whileTimePasses(end: Promise<unknown>, clock: ManualClock, work: CountedWork): Promise<void> {
  let hasEnded = false;
  const ended = end.finally(() => {
    hasEnded = true;
  });
  while (!hasEnded) await clock.advance(durationMs(work.atWork.size > 0 ? 0 : 250));
  await ended;
}

function deliveryOf(id: string, content: unknown, message: RunOptions['message']): Delivery {
  const key = { scope: 'test', id: id as MessageId };
  const whole: DeliveredMessage = {
    ...{ source: '/test', type: 'test', properties: {}, sequenceNumber: '1' },
    ...message,
    id: key.id,
    content: contentOf(content),
  };
  const fingerprint = fingerprintOf(whole);
  const physical = { sequenceNumber: '1', enqueuedTime: '' };
  return { key, message: whole, fingerprint, deliveryCount: 1, physical, expiresAt: undefined };
}

const contentOf = (content: unknown): Content =>
  content instanceof Uint8Array ? { kind: 'binary', bytes: content } : { kind: 'json', value: content ?? null };

/** The last step of this name. */
const resultOf = (lock: LockRecord | undefined, name: string): unknown =>
  resultValue(lock?.steps.findLast((step) => step.name === name)?.result ?? null);
