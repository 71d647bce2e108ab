import { FaultyLockStore, type LockFaultKind } from '../adapters/in-memory/faulty-lock-store.ts';
import { sha256Hex } from '../adapters/system/sha256.ts';
import type { Clock, SleepSignal } from '../application/ports/clock.ts';
import type { LockStore } from '../application/ports/lock-store.ts';
import type { MessageHandler } from '../application/ports/message-handler.ts';
import { ProcessMessage } from '../application/process-message.ts';
import type { ProcessSettings } from '../application/settings/process-settings.ts';
import { lockName } from '../domain/lock-name.ts';
import type { LockRecord } from '../domain/lock-record.ts';
import type { MessageId } from '../domain/message-id.ts';
import { ownerId } from '../domain/owner.ts';

/** One request of a handler's process to the store of the locks. */
export interface StoreRequest {
  /** Counted over all processes of the run, from 1. */
  readonly nth: number;
  readonly operation: 'read' | 'put' | 'delete';
}

/** What happens to a request; undefined lets it pass. */
export type StoreFaults = (request: StoreRequest) => LockFaultKind | undefined;

export interface ProcessOptions {
  /** Tells processes of one run apart. */
  readonly name: string;
  readonly store: LockStore;
  readonly clock: Clock;
  readonly handler: MessageHandler;
  readonly settings: ProcessSettings;
  /** After how many finished steps, stored, it dies; undefined for never. */
  readonly crashAfter: number | undefined;
  readonly onRequest: (operation: StoreRequest['operation']) => LockFaultKind | undefined;
}

/** A process that works on deliveries over a store in memory, and dies where it is told to: then nothing of it goes on. */
export class TestProcess {
  readonly name: string;
  /** Resolves when it dies. */
  readonly died: Promise<void>;
  readonly processMessage: ProcessMessage;
  readonly #death = Promise.withResolvers<void>();
  #isDead = false;

  constructor({ name, store, clock, handler, settings, crashAfter, onRequest }: ProcessOptions) {
    this.name = name;
    this.died = this.#death.promise;
    const network = new FaultyLockStore(store, ({ operation }) => {
      const kind = onRequest(operation);
      return kind && { kind };
    });
    let owners = 0;
    const newOwnerId = () => {
      owners += 1;
      return ownerId(`${name}-${owners}`);
    };
    this.processMessage = new ProcessMessage(
      {
        store: {
          read: (lock) => this.#alive(() => network.read(lock)),
          put: async (lock, record, condition) => {
            const written = await this.#alive(() => network.put(lock, record, condition));
            if (written.kind === 'written' && hasCome(record, crashAfter)) this.#die();
            return this.#alive(async () => written);
          },
          delete: (lock, version) => this.#alive(() => network.delete(lock, version)),
        },
        clock: {
          monotonic: () => clock.monotonic(),
          wallTime: () => clock.wallTime(),
          timestamp: () => clock.timestamp(),
          sleep: (wait, signal?: SleepSignal) => this.#alive(() => clock.sleep(wait, signal)),
        },
        ids: { newMessageId: () => `${name}-message` as MessageId, newOwnerId },
        events: { emit: () => undefined },
        random: () => 0.5,
        lockNameOf: (key) => lockName(key, sha256Hex),
      },
      handler,
      settings,
    );
  }

  #die(): void {
    this.#isDead = true;
    this.#death.resolve();
  }

  /** What `call` gives, as long as the process lives. */
  async #alive<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    if (this.#isDead) await never;
    try {
      return await call();
    } finally {
      if (this.#isDead) await never;
    }
  }
}

/** Whether the process has come to where it dies: its lock says that so many steps are done, and the work goes on. */
const hasCome = ({ state, steps }: LockRecord, crashAfter: number | undefined): boolean =>
  state === 'held' && steps.filter(({ status }) => status === 'finished').length === crashAfter;

const never = new Promise<never>(() => undefined);
