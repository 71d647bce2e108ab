import type { ManualClock } from '../../../src/adapters/in-memory/manual-clock.ts';
import type { Clock } from '../../../src/application/ports/clock.ts';
import { durationMs } from '../../../src/domain/time.ts';
import type { Machine } from '../../support/machine.ts';
import { InstanceClock } from '../../support/message-run.ts';

/** The clock of one instance, which also runs a little fast or slow. */
export class SimulatedClock extends InstanceClock {
  override readonly sleep: Clock['sleep'];
  readonly #rate: number;
  readonly #wallStart: number;

  constructor(
    clock: ManualClock,
    machine: Machine,
    { wallOffset, driftPpm }: { readonly wallOffset: number; readonly driftPpm: number },
  ) {
    super(clock, machine, wallOffset);
    this.#rate = 1 + driftPpm / 1_000_000;
    this.#wallStart = clock.wallTime();
    const sleep = machine.sleep(clock);
    // In whole milliseconds, as timers are: the rest of a rounding error would be slept for ever.
    this.sleep = (wait, signal) => sleep(durationMs(Math.ceil(wait / this.#rate)), signal);
  }

  override monotonic(): number {
    return super.monotonic() * this.#rate;
  }

  override wallTime(): number {
    return this.#wallStart + (super.wallTime() - this.#wallStart) * this.#rate;
  }
}
