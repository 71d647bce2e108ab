import type { Profiler } from 'node:inspector/promises';
import { Child } from '../processes/child.ts';
import { inTurn } from '../report/rounds.ts';
import type { BlobAddresses } from '../servers/blob-process.ts';
import type { GuardSettings, Path } from './guard.ts';
import type { Load, Measured } from './measure.ts';
import { type Cell, Samples } from './samples.ts';
import { type VariantName, variants } from './variants.ts';

export interface Rounds {
  readonly rounds: number;
  /** What durations are multiplied by. */
  readonly pace: number;
}

/** Of one variant on one path. */
const longestWarmUpMs = 8000;

export interface Measuring extends Rounds {
  /** Messages before the first that counts, or as many as take 8 s. Default: 2,000. */
  readonly warmUp?: number;
  /** How often each cell is measured in a round. Default: once. */
  readonly turns?: number;
}

const certificate = new URL('../servers/tls/certificate.pem', import.meta.url).pathname;

/** The stores, and one process per variant, all alive at once. They are measured one at a time. */
export class Stage {
  readonly #blobs = new Child(new URL('../servers/blob-process.ts', import.meta.url));
  #dynamodb: Child | undefined;
  readonly #guards = new Map<VariantName, Child>();

  static async start(names: readonly VariantName[]): Promise<Stage> {
    const stage = new Stage();
    try {
      await stage.#start(names);
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  async #start(names: readonly VariantName[]): Promise<void> {
    if (names.includes('powertools')) {
      this.#dynamodb = new Child(new URL('../servers/dynamodb-process.ts', import.meta.url));
    }
    const blobs = await this.#blobs.call<BlobAddresses>('addresses');
    const dynamodb = await this.#dynamodb?.call<string>('address');
    for (const name of names) {
      const { file, access } = variants[name];
      const guard = new Child(new URL('process.ts', import.meta.url), {
        args: [file],
        env: { NODE_EXTRA_CA_CERTS: certificate },
      });
      this.#guards.set(name, guard);
      await guard.call('start', { blobs, dynamodb, access } satisfies GuardSettings);
    }
  }

  /**
   * Measures every cell `turns` times a round, its variants in another order each turn, after each was run warm with `warmUp`
   * messages. Each round has new processes: how fast V8 makes the same code is luck that differs by a tenth, and lasts as long
   * as a process.
   */
  static async measure(
    cells: readonly Cell[],
    { rounds, pace, warmUp = 2000, turns = 1 }: Measuring,
    tell: (progress: string) => void,
  ): Promise<Samples> {
    const samples = new Samples();
    const names = [...new Set(cells.flatMap(({ of }) => of))];
    for (let round = 0; round < rounds; round += 1) {
      const tellRound = (progress: string) => tell(`round ${round + 1} of ${rounds}: ${progress}`);
      const stage = await Stage.start(names);
      try {
        tellRound('warming up');
        await stage.#warmUp(cells, pace < 1 ? 300 : warmUp);
        for (let turn = round * turns; turn < (round + 1) * turns; turn += 1) {
          for (const cell of cells) await stage.#add(samples, cell, turn, pace, tellRound);
        }
      } finally {
        await stage.close();
      }
    }
    return samples;
  }

  async #add(
    samples: Samples,
    cell: Cell,
    turn: number,
    pace: number,
    tell: (progress: string) => void,
  ): Promise<void> {
    const { path, latencyMs, concurrency, of, most = Number.POSITIVE_INFINITY } = cell;
    const load = { concurrency, durationMs: cell.durationMs * pace, most: Math.ceil(most * pace) };
    tell(`${path}, ${latencyMs} ms, ${concurrency} at once`);
    await this.answerAfter(latencyMs);
    for (const name of inTurn(of, turn)) samples.add(name, cell, await this.run(name, path, load));
    await this.empty();
  }

  run(
    name: VariantName,
    path: Path,
    load: { concurrency: number; durationMs: number; most?: number },
  ): Promise<Measured> {
    return this.#guard(name).call<Measured>('measure', { path, ...load });
  }

  async answerAfter(latencyMs: number): Promise<void> {
    await Promise.all(
      [this.#blobs, this.#dynamodb, ...this.#guards.values()].map((child) => child?.call('answerAfter', latencyMs)),
    );
  }

  /** Requests that the stores got since this was asked last. */
  async countRequests(): Promise<number> {
    const counts = [this.#blobs, this.#dynamodb].map((child) => child?.call<number>('countRequests'));
    return (await Promise.all(counts)).reduce<number>((sum, count = 0) => sum + count, 0);
  }

  /** Makes the messages now that duplicates will be of. */
  prepareDone = (name: VariantName): Promise<void> => this.#guard(name).call('prepareDone');

  /** Where the time of a load goes. */
  profile = (name: VariantName, load: Load & { path: Path }): Promise<Profiler.Profile> =>
    this.#guard(name).call<Profiler.Profile>('profile', load);

  heapUsed = (name: VariantName): Promise<number> => this.#guard(name).call<number>('heapUsed');

  async close(): Promise<void> {
    await Promise.all([this.#blobs, this.#dynamodb, ...this.#guards.values()].map((child) => child?.close()));
  }

  async #warmUp(cells: readonly Cell[], messages: number): Promise<void> {
    await this.answerAfter(0);
    const paths = new Set(cells.flatMap(({ path, of }) => of.map((name) => JSON.stringify([name, path]))));
    for (const each of paths) {
      const [name, path]: [VariantName, Path] = JSON.parse(each);
      const most = path === 'new' ? messages : messages / 3; // what is before and after the request is warm by then
      await this.run(name, path, { concurrency: 16, durationMs: longestWarmUpMs, most });
    }
    await this.empty();
  }

  /** Between two cells, so that the store does not grow. Who needs messages that are done makes new ones. */
  async empty(): Promise<void> {
    await this.#blobs.call('clear');
    await Promise.all([...this.#guards.values()].map((guard) => guard.call('forgetAll')));
  }

  #guard(name: VariantName): Child {
    const guard = this.#guards.get(name);
    if (guard === undefined) throw new Error(`The variant "${name}" was not started.`);
    return guard;
  }
}
