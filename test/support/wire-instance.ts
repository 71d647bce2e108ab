import { randomUUID } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';
import { BlobLockStore } from '../../src/adapters/azure-blob/blob-lock-store.ts';
import { blobServiceFromConnectionString } from '../../src/adapters/azure-blob/blob-service.ts';
import type { LockEvent } from '../../src/application/ports/lock-events.ts';
import type { MessageHandler } from '../../src/application/ports/message-handler.ts';
import { ProcessMessage, type ProcessOutcome } from '../../src/application/process-message.ts';
import type { ProcessSettings } from '../../src/application/process-settings.ts';
import type { Delivery } from '../../src/domain/message.ts';
import { ownerId } from '../../src/domain/owner.ts';
import { type DurationMs, seconds } from '../../src/domain/time.ts';
import type { BlobProxy } from './blob-proxy.ts';
import { lockOf, messageId } from './lock-records.ts';
import { QuietClock } from './quiet-clock.ts';

export interface WireInstanceOptions {
  readonly handler: MessageHandler;
  readonly settings?: Partial<ProcessSettings>;
  /** Default: longer than any answer takes. */
  readonly requestTimeoutMs?: DurationMs;
}

/** The work of messages with locks in a real container, behind `proxy`; a delivery never waits for an active lock. */
export class WireInstance {
  readonly clock = new QuietClock();
  readonly events: LockEvent[] = [];
  readonly #processMessage: ProcessMessage;

  constructor(
    proxy: BlobProxy,
    container: ContainerClient,
    { handler, settings, requestTimeoutMs = seconds(10) }: WireInstanceOptions,
  ) {
    const service = blobServiceFromConnectionString(proxy.connectionString);
    const store = new BlobLockStore(service.getContainerClient(container.containerName), { requestTimeoutMs });
    this.#processMessage = new ProcessMessage(
      {
        store: this.clock.watch(store),
        clock: this.clock,
        ids: { newMessageId: () => messageId('unused'), newOwnerId: () => ownerId(randomUUID()) },
        random: () => 0.5,
        events: { emit: (event) => this.events.push(event) },
        lockNameOf: lockOf,
      },
      handler,
      {
        lockTtlMs: seconds(30),
        activeLockWaitMs: seconds(0),
        maxDeliveryCount: 10,
        maxAttempts: 10,
        functionTimeoutMs: seconds(300),
        keepsCompleted: true,
        host: 'host/1',
        ...settings,
      },
    );
  }

  run(delivery: Delivery): Promise<ProcessOutcome> {
    return this.clock.until(this.#processMessage.run(delivery));
  }
}
