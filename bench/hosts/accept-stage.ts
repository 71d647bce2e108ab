import { connectionString } from '../guards/access.ts';
import { lockContainer } from '../guards/guard.ts';
import type { Rounds } from '../guards/stage.ts';
import { Child } from '../processes/child.ts';
import { inTurn, PerRound } from '../report/rounds.ts';
import type { BlobAddresses } from '../servers/blob-process.ts';
import type { Posted, Posting } from '../traffic/posting-process.ts';
import type { HostSettings } from './host.ts';

interface Acceptor {
  readonly label: string;
  readonly kind: HostSettings['kind'];
  readonly logs: boolean;
  readonly withKey: boolean;
}

/** Who takes requests. Ours is the standalone host without its receiver: the HTTP rules, the use case, the publisher. */
export const acceptors = {
  bare: { label: 'bare node:http and bare SDK send', kind: 'bare', logs: false, withKey: false },
  ours: { label: 'ours', kind: 'no-lock', logs: true, withKey: false },
  oursSilent: { label: 'ours, without its log lines', kind: 'no-lock', logs: false, withKey: false },
  oursWithKey: { label: 'ours, with an Idempotency-Key', kind: 'no-lock', logs: true, withKey: true },
} as const satisfies Record<string, Acceptor>;

export type AcceptorName = keyof typeof acceptors;

export interface Accepted extends Posted {
  /** Of the accepting process, per request. */
  readonly cpuUs: number;
}

const connections = 64;

/** A queue that nobody receives from, a client that posts as fast as it is answered, and the processes that take the requests. */
export class AcceptStage {
  readonly #queue = new Child(new URL('../servers/queue-process.ts', import.meta.url));
  readonly #blobs = new Child(new URL('../servers/blob-process.ts', import.meta.url));
  readonly #client = new Child(new URL('../traffic/posting-process.ts', import.meta.url));
  readonly #hosts = new Map<AcceptorName, { readonly host: Child; readonly address: string }>();

  private constructor() {}

  static async #start(): Promise<AcceptStage> {
    const stage = new AcceptStage();
    try {
      for (const name of Object.keys(acceptors) as readonly AcceptorName[]) await stage.#startHost(name);
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  async #startHost(name: AcceptorName): Promise<void> {
    const { kind, logs } = acceptors[name];
    const env = {
      ServiceBusConnection: await this.#queue.call<string>('connectionString'),
      LockStorage: connectionString(await this.#blobs.call<BlobAddresses>('addresses')),
      QUEUE_NAME: 'messages',
      LOCK_CONTAINER: lockContainer,
      PORT: '0',
    };
    const host = new Child(new URL('process.ts', import.meta.url));
    this.#hosts.set(name, { host, address: '' });
    const settings: HostSettings = { kind, env, receives: false, logs };
    this.#hosts.set(name, { host, address: await host.call<string>('start', settings) });
  }

  /** Measures each once a round, another one first each time, in new processes that were run warm with 10,000 requests. */
  static async measure(
    { rounds, pace }: Rounds,
    tell: (progress: string) => void,
  ): Promise<PerRound<AcceptorName, Accepted>> {
    const found = new PerRound<AcceptorName, Accepted>();
    for (let round = 0; round < rounds; round += 1) {
      tell(`round ${round + 1} of ${rounds}`);
      const stage = await AcceptStage.#start();
      try {
        const names = [...stage.#hosts.keys()];
        for (const name of names) await stage.#accept(name, 10_000 * pace);
        for (const name of inTurn(names, round)) found.add(name, await stage.#accept(name, 5000 * pace));
      } finally {
        await stage.close();
      }
    }
    return found;
  }

  async close(): Promise<void> {
    const hosts = [...this.#hosts.values()].map(({ host }) => host);
    await Promise.all([this.#queue, this.#blobs, this.#client, ...hosts].map((child) => child.close()));
  }

  async #accept(name: AcceptorName, requests: number): Promise<Accepted> {
    const found = this.#hosts.get(name);
    if (found === undefined) throw new Error(`"${name}" was not started.`);
    const { host, address } = found;
    const { withKey } = acceptors[name];
    const before = await host.call<number>('cpuUs');
    const posting = { address, connections, requests, withKey } satisfies Posting;
    const posted = await this.#client.call<Posted>('post', posting);
    return { ...posted, cpuUs: ((await host.call<number>('cpuUs')) - before) / requests };
  }
}
