import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SeededRandom } from '../support/seeded-random.ts';
import { seedOf } from './seed.ts';

export interface LockMoveOptions {
  readonly seed: number;
  /** Those of the hosts: the move has the same ways to the store, and what goes wrong on them. */
  readonly settings: Readonly<Record<string, string>>;
  readonly scopes: readonly string[];
  /** How many locks the store has at their new place so far. */
  readonly moved: () => number;
  readonly signal: AbortSignal | undefined;
}

const program = fileURLToPath(new URL('../../src/entrypoints/operator/main.ts', import.meta.url));
const mostKills = 3;
/** Of the operator's program. */
const isDone = 0;

/** Moves the locks of a fleet that stands still, as an operator does: again and again until it is done, and killed now and then. */
export class LockMove {
  killed = 0;
  readonly #options: LockMoveOptions;

  constructor(options: LockMoveOptions) {
    this.#options = options;
  }

  /** @throws the signal's reason. */
  async run(): Promise<void> {
    const { seed, scopes, signal } = this.#options;
    const random = new SeededRandom(seedOf(seed, 'move'));
    for (const scope of scopes) {
      for (let kills = 0; ; ) {
        const killAfter = kills < mostKills ? random.integer(12) + 1 : Number.POSITIVE_INFINITY;
        const code = await this.#move(scope, killAfter);
        signal?.throwIfAborted();
        if (code === isDone) break;
        if (code === undefined) kills += 1;
        await delay(500, undefined, { signal }); // a lock was written just now, or a request was lost
      }
    }
  }

  /** Its exit code; undefined if it was killed, after so many locks. */
  async #move(scope: string, killAfter: number): Promise<number | undefined> {
    const { settings, moved, signal: over } = this.#options;
    const child = spawn(process.execPath, [program, 'locks', 'move', '--to', 'spread', '--yes', '--scope', scope], {
      env: { PATH: process.env['PATH'], LOG_LEVEL: 'error', ...settings },
      stdio: 'ignore',
      ...(over !== undefined && { signal: over, killSignal: 'SIGKILL' }),
    });
    child.on('error', () => undefined); // it was aborted, and is closed
    const from = moved();
    const timer = setInterval(() => {
      if (moved() - from >= killAfter) child.kill('SIGKILL');
    }, 5);
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
      child.once('close', (...end) => resolve(end)),
    );
    clearInterval(timer);
    if (signal === null) return code ?? undefined;
    this.killed += 1;
    return undefined;
  }
}
