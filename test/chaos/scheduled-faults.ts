import { setTimeout as delay } from 'node:timers/promises';
import type { startEngines } from './engines.ts';
import type { ScheduledFault } from './fault-schedule.ts';
import type { Fleet } from './fleet.ts';
import type { Counts } from './wire-faults.ts';

export interface Victims {
  readonly fleet: Pick<Fleet, 'kill' | 'stopOne' | 'freeze'>;
  readonly engines: Pick<Awaited<ReturnType<typeof startEngines>>, 'emulator' | 'queue' | 'wire'>;
}

/** Makes what is scheduled happen. */
export class ScheduledFaults {
  /** How often each kind happened, but for those that the fleet counts. */
  readonly counts: Counts = new Map();
  readonly #victims: Victims;

  constructor(victims: Victims) {
    this.#victims = victims;
  }

  /** Resolves when the last one was made, though it may last. `from` is a time of `performance`. */
  async run(schedule: readonly ScheduledFault[], from: number, signal?: AbortSignal): Promise<void> {
    for (const fault of schedule) {
      await delay(Math.max(0, from + fault.at - performance.now()), undefined, { signal });
      this.#happen(fault);
    }
  }

  #happen(fault: ScheduledFault): void {
    const { fleet, engines } = this.#victims;
    const { emulator, queue, wire } = engines;
    switch (fault.kind) {
      case 'kill':
        fleet.kill(fault.process, fault.restartAfter);
        break;
      case 'stop':
        fleet.stopOne(fault.process, fault.restartAfter);
        break;
      case 'freeze':
        fleet.freeze(fault.process, fault.lasting);
        break;
      case 'cut-connections':
        this.#count('times that every connection to the queue was cut');
        emulator.cutConnections();
        break;
      case 'detach-receivers':
        this.#count('times that every receiver was detached');
        emulator.detachReceivers(queue);
        break;
      case 'store-trouble':
        this.#count('times of ten times more trouble with the store');
        wire.troubleStore(fault.lasting);
        break;
      case 'queue-trouble':
        this.#count('times of ten times more trouble with the queue');
        wire.troubleQueue(fault.lasting);
        break;
    }
  }

  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}
