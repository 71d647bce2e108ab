import type { EffectsLog } from '../../application/ports/effects-log.ts';

/** An EffectsLog that forgets everything with its process. */
export class InMemoryEffectsLog implements EffectsLog {
  readonly #logs = new Map<string, readonly string[]>();

  async append(name: string, line: string): Promise<void> {
    this.#logs.set(name, [...this.lines(name), line]);
  }

  /** The lines of the log `name` so far. */
  lines(name: string): readonly string[] {
    return this.#logs.get(name) ?? [];
  }
}
