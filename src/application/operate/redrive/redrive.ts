import type { RedriveOptions, RedriveOutcome, RedrivePorts } from './redrive-options.ts';
import { RedriveRun } from './redrive-run.ts';

/**
 * Puts dead letters back on their queue, or removes those whose work is done. Each is sent, then removed, never the other way:
 * whatever ends this process, each letter is still there, or its copy is on the queue, or both, and its lock lets its work
 * happen once.
 */
export class Redrive {
  readonly #ports: RedrivePorts;

  constructor(ports: RedrivePorts) {
    this.#ports = ports;
  }

  /**
   * Goes once through the dead letters.
   *
   * @throws Error if they cannot be received, or a copy is not confirmed. What was not removed until then is still there.
   */
  async run(options: RedriveOptions): Promise<RedriveOutcome> {
    const pass = await this.#ports.letters.take({ who: this.#ports.who, reason: options.reason });
    try {
      return await new RedriveRun(this.#ports, options, pass).toTheEnd();
    } finally {
      await pass.end();
    }
  }
}
