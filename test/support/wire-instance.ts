import { randomUUID } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';
import { BlobLockStore } from '../../src/adapters/azure-blob/blob-lock-store.ts';
import { blobServiceFromConnectionString } from '../../src/adapters/azure-blob/blob-service.ts';
import type { LockEvent } from '../../src/application/ports/lock-events.ts';
import type { MessageHandler } from '../../src/application/ports/message-handler.ts';
import type { ProcessOutcome } from '../../src/application/process-message.ts';
import type { ProcessSettings } from '../../src/application/settings/process-settings.ts';
import type { Delivery } from '../../src/domain/message.ts';
import { ownerId } from '../../src/domain/owner.ts';
import { type DurationMs, seconds } from '../../src/domain/time.ts';
import type { BlobProxy } from './blob-proxy.ts';
import { QuietClock } from './quiet-clock.ts';
import { SimulatedProcess } from './simulated-process.ts';

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
  readonly #process: SimulatedProcess;

  constructor(
    proxy: BlobProxy,
    container: ContainerClient,
    { handler, settings, requestTimeoutMs = seconds(10) }: WireInstanceOptions,
  ) {
    const service = blobServiceFromConnectionString(proxy.connectionString);
    const store = new BlobLockStore(service.getContainerClient(container.containerName), { requestTimeoutMs });
    this.#process = new SimulatedProcess({
      name: 'instance',
      store: this.clock.watch(store),
      clock: this.clock,
      handler,
      settings: { activeLockWaitMs: seconds(0), ...settings },
      newOwnerId: () => ownerId(randomUUID()),
      onEvent: (event) => this.events.push(event),
    });
  }

  run(delivery: Delivery): Promise<ProcessOutcome> {
    return this.clock.until(this.#process.processMessage.run(delivery));
  }
}
