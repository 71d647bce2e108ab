import type { Clock, Random } from '../../src/application/ports/clock.ts';
import type { LockEvent } from '../../src/application/ports/lock-events.ts';
import type { LockStore } from '../../src/application/ports/lock-store.ts';
import type { MessageHandler } from '../../src/application/ports/message-handler.ts';
import { ProcessMessage, type ProcessOutcome, type ProcessPorts } from '../../src/application/process-message.ts';
import type { ExecutionOptions, ProcessSettings } from '../../src/application/settings/process-settings.ts';
import { DeliveryError } from '../../src/domain/errors.ts';
import type { Delivery } from '../../src/domain/message.ts';
import { type OwnerId, ownerId } from '../../src/domain/owner.ts';
import { seconds } from '../../src/domain/time.ts';
import { lockOf, messageId } from './lock-records.ts';

/** The settings as they are by default. */
export const defaultSettings: ProcessSettings = {
  lockTtlMs: seconds(30),
  activeLockWaitMs: seconds(45),
  maxDeliveryCount: 10,
  maxAttempts: 10,
  functionTimeoutMs: seconds(300),
  keepsCompleted: true,
  host: 'host/1',
};

/** How a delivery ended. */
export type Ended = { readonly outcome: ProcessOutcome['kind'] } | { readonly error: unknown };

/** How a host settles a delivery that ended so; undefined if it gives the message back. */
export function settlementOf(ended: Ended): 'completed' | 'dead-lettered' | undefined {
  if ('outcome' in ended) return 'completed';
  return ended.error instanceof DeliveryError && ended.error.isFinal ? 'dead-lettered' : undefined;
}

export interface SimulatedProcessOptions {
  readonly name: string;
  readonly store: LockStore;
  readonly clock: Clock;
  readonly handler: MessageHandler;
  readonly settings?: Partial<ProcessSettings> | undefined;
  /** Default: always the middle. */
  readonly random?: Random | undefined;
  /** Default: `<name>-1`, `<name>-2` and so on. */
  readonly newOwnerId?: () => OwnerId;
  /** Default: that of the message ID alone. */
  readonly lockNameOf?: ProcessPorts['lockNameOf'];
  readonly onEvent?: (event: LockEvent) => void;
}

/** One process of the app: the real use case on a store, a clock and chance that are its world's. Deliveries go in, endings come out. */
export class SimulatedProcess {
  readonly name: string;
  readonly processMessage: ProcessMessage;
  #owners = 0;

  constructor(options: SimulatedProcessOptions) {
    const { store, clock, handler, settings, random = () => 0.5, lockNameOf = lockOf, onEvent } = options;
    this.name = options.name;
    const newOwnerId = options.newOwnerId ?? (() => this.#newOwnerId());
    const ids = { newMessageId: () => messageId('unused'), newOwnerId };
    const events = { emit: (event: LockEvent) => onEvent?.(event) };
    const ports: ProcessPorts = { store, clock, ids, random, events, lockNameOf };
    this.processMessage = new ProcessMessage(ports, handler, { ...defaultSettings, ...settings });
  }

  /** Works on a delivery. Never rejects. */
  async run(delivery: Delivery, options?: ExecutionOptions): Promise<Ended> {
    try {
      return { outcome: (await this.processMessage.run(delivery, options)).kind };
    } catch (error) {
      return { error };
    }
  }

  /** Whether this is one of the owners it has been. */
  isOwner = (owner: OwnerId): boolean => owner.startsWith(`${this.name}-`);

  #newOwnerId(): OwnerId {
    this.#owners += 1;
    return ownerId(`${this.name}-${this.#owners}`);
  }
}
