import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type StartedProgram, startProgram } from '../support/started-program.ts';
import type { Taker } from './channels.ts';
import type { Freeze } from './evidence.ts';

/** The process that has one place of the fleet now. */
interface Member {
  readonly program: StartedProgram;
  /** Where it takes requests, once it does. */
  address?: string;
  /** When it was stopped, if it stands still. */
  frozenAt?: number;
  /** It was told to end, or killed. */
  isEnding: boolean;
  thaw?: () => void;
}

export interface FleetOptions {
  readonly processes: number;
  readonly settings: Readonly<Record<string, string>>;
  /** By how much the wall clock of the process at this place is wrong, in milliseconds. */
  readonly wrongByMs: (place: number) => number;
  /** On the clock of `performance`. */
  readonly startedAt: number;
}

/** Host processes that are killed, frozen and started again, until the fleet is stopped. */
export class Fleet {
  readonly freezes: Freeze[] = [];
  readonly counts = { started: 0, killed: 0, stopped: 0, frozen: 0, refusedToStart: 0 };
  /** What a process wrote last that took requests and then ended by itself, which none should do. */
  readonly endedByThemselves: string[] = [];
  readonly #options: FleetOptions;
  readonly #members: (Member | undefined)[];
  readonly #restartAfter: number[];
  #settings: Readonly<Record<string, string>>;
  #apart: Promise<void> | undefined;
  readonly #stopping = new AbortController();
  readonly #supervised: readonly Promise<void>[];

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#members = Array.from({ length: options.processes }, () => undefined);
    this.#restartAfter = this.#members.map(() => 0);
    this.#supervised = this.#members.map((_, place) => this.#supervise(place));
  }

  /** Those that take requests, and those that would if they did not stand still. */
  get takers(): readonly Taker[] {
    return this.#members.flatMap((member) =>
      member?.address === undefined ? [] : { pid: member.program.pid, address: member.address },
    );
  }

  /** Whether all take requests. */
  get isComplete(): boolean {
    return this.#members.every((member) => member?.address !== undefined && member.frozenAt === undefined);
  }

  /** What each of them is at that does not take requests, with what it wrote last. */
  get missing(): readonly string[] {
    return this.#members.flatMap((member, place) => {
      if (member === undefined) return `${place} is to be started again`;
      const { program, address, frozenAt, isEnding } = member;
      if (address !== undefined && frozenAt === undefined) return [];
      const what = frozenAt !== undefined ? 'stands still' : isEnding ? 'is told to end' : 'is starting';
      return `${place} (process ${program.pid}) ${what}: ${program.lines.at(-1) ?? 'it has written nothing'}`;
    });
  }

  /** Kills the process at this place or, if none is there, at the next one. */
  kill(place: number, restartAfterMs: number): void {
    const member = this.#take(place, restartAfterMs, ({ isEnding }) => !isEnding);
    if (member === undefined) return;
    this.#kill(member);
    this.counts.killed += 1;
  }

  /** Tells the process at this place to stop or, if that takes no requests, the one at the next place. */
  stopOne(place: number, restartAfterMs: number): void {
    const member = this.#take(place, restartAfterMs, takesRequests);
    if (member === undefined) return;
    member.isEnding = true;
    delete member.address;
    member.program.signalGroup('SIGTERM');
    this.counts.stopped += 1;
  }

  /** Stops the process at this place for so long or, if that takes no requests, the one at the next place. */
  freeze(place: number, lastingMs: number): void {
    const member = this.#take(place, 0, takesRequests);
    if (member === undefined) return;
    const { program } = member;
    program.signalGroup('SIGSTOP');
    member.frozenAt = this.#now();
    this.counts.frozen += 1;
    const callOff = thawedLater(program.pid, lastingMs);
    const timer = setTimeout(() => member.thaw?.(), lastingMs);
    member.thaw = () => {
      clearTimeout(timer);
      callOff();
      this.freezes.push({ pid: program.pid, from: member.frozenAt ?? 0, to: this.#now() });
      program.signalGroup('SIGCONT');
      delete member.frozenAt;
      delete member.thaw;
    };
  }

  thawAll(): void {
    for (const member of this.#members) member?.thaw?.();
  }

  /** Kills one process, lets the others stop, does `work` while none runs, and starts all with these settings besides. */
  async apart(work: () => Promise<void>, settings: Readonly<Record<string, string>>): Promise<void> {
    const over = Promise.withResolvers<void>();
    this.#apart = over.promise;
    this.kill(0, 0);
    for (const place of this.#members.keys()) this.stopOne(place, 0);
    while (this.#members.some((member) => member !== undefined)) {
      this.thawAll();
      for (const member of this.#members) if (member !== undefined && !member.isEnding) this.#kill(member);
      await delay(50);
    }
    try {
      await work();
      this.#settings = { ...this.#settings, ...settings };
    } finally {
      this.#apart = undefined;
      over.resolve();
    }
  }

  /** Lets every process finish what it is at, and resolves when none is left. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.thawAll();
    for (const member of this.#members) member?.program.signalGroup('SIGTERM');
    await Promise.all(this.#supervised);
  }

  /** Ends every process at once. */
  async end(): Promise<void> {
    this.#stopping.abort();
    for (const member of this.#members) if (member !== undefined) this.#kill(member);
    await Promise.all(this.#supervised);
  }

  /** The first process from this place on that `isRight`, to be followed by another one so long after its end. */
  #take(place: number, restartAfterMs: number, isRight: (member: Member) => boolean): Member | undefined {
    const places = [...this.#members.keys()];
    const found = [...places.slice(place), ...places.slice(0, place)].find((each) => {
      const member = this.#members[each];
      return member !== undefined && isRight(member);
    });
    if (found === undefined) return undefined;
    this.#restartAfter[found] = restartAfterMs;
    return this.#members[found];
  }

  #kill(member: Member): void {
    member.isEnding = true;
    delete member.address;
    member.program.signalGroup('SIGKILL');
    member.thaw?.();
  }

  async #supervise(place: number): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#apart;
      const member = this.#start(place);
      const ready = await member.program.line(/"message":"Ready on /).catch(() => undefined);
      if (ready !== undefined && !member.isEnding) member.address = /Ready on (http:[^"]+)/.exec(ready)?.[1] ?? '';
      await member.program.exited;
      if (!signal.aborted && !member.isEnding) {
        if (ready === undefined) this.counts.refusedToStart += 1;
        else this.endedByThemselves.push(member.program.lines.slice(-3).join('\n'));
      }
      this.#members[place] = undefined;
      await delay(this.#restartAfter[place] ?? 0, undefined, { signal }).catch(() => undefined);
    }
  }

  #start(place: number): Member {
    const { wrongByMs } = this.#options;
    this.counts.started += 1;
    const program = startProgram(
      'test/chaos/host.ts',
      {
        NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
        NODE_OPTIONS: `--import=${new URL('wrong-clock.ts', import.meta.url).href}`,
        WRONG_CLOCK_MS: String(wrongByMs(place)),
        PORT: '0',
        ...this.#settings,
      },
      { onTestFinished: () => undefined }, // `end` does that, however often one was started
    );
    const member = { program, isEnding: false };
    this.#members[place] = member;
    return member;
  }

  #now = (): number => performance.now() - this.#options.startedAt;
}

const takesRequests = ({ address, frozenAt, isEnding }: Member): boolean =>
  address !== undefined && frozenAt === undefined && !isEnding;

/**
 * Thaws a process some time after it should be, whatever ends this one meanwhile, also SIGKILL: what stands still cannot find
 * out that it has to end. Returns how to call that off.
 */
function thawedLater(pid: number, lastingMs: number): () => void {
  const script = `sleep ${Math.ceil(lastingMs / 1000) + 5}; kill -CONT -${pid}`;
  const watchdog = spawn('/bin/sh', ['-c', script], { detached: true, stdio: 'ignore' });
  watchdog.unref();
  return () => {
    const isRunning = watchdog.exitCode === null && watchdog.signalCode === null;
    if (isRunning && watchdog.pid !== undefined) process.kill(-watchdog.pid, 'SIGKILL');
  };
}
