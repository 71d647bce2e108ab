import { GetMessageStatus, type MessageStatus } from '../../../src/application/get-message-status.ts';
import { durationMs } from '../../../src/domain/time.ts';
import { lockOf, messageId } from '../../support/lock-records.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** Somebody who asks how far the message is, and judges the answer by what is stored. */
export class StatusReader {
  readonly #world: SimulatedWorld;
  readonly #getStatus: GetMessageStatus;
  /** What was told, in order. */
  readonly told: (MessageStatus | undefined)[] = [];

  constructor(world: SimulatedWorld) {
    this.#world = world;
    this.#getStatus = new GetMessageStatus(world.locks.store, lockOf);
  }

  async look(at: number): Promise<void> {
    await this.#world.clock.sleep(durationMs(at));
    this.told.push(await this.ask());
  }

  async ask(): Promise<MessageStatus | undefined> {
    const { locks, life, timeline } = this.#world;
    const status = await this.#getStatus.run({ id: messageId('m-1') });
    timeline.tell('reader', `sees ${status?.status ?? 'nothing'}`);
    const record = locks.lock?.record;
    if (status?.status !== 'completed') return status;
    if (record === undefined || !life.hasReturned(record.owner)) locks.wrong('the status says completed too early');
    if (status.result !== record?.result) locks.wrong('the status tells another result than the work returned');
    return status;
  }
}
