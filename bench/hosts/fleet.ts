import type { Profiler } from 'node:inspector/promises';
import { blobServiceFromConnectionString } from '../../src/adapters/azure-blob/blob-service.ts';
import { createContainers } from '../../src/adapters/azure-blob/create-containers.ts';
import { type Azurite, startAzurite } from '../../src/adapters/azurite/start-azurite.ts';
import { connectionString } from '../guards/access.ts';
import { lockContainer } from '../guards/guard.ts';
import { Child } from '../processes/child.ts';
import type { BlobAddresses } from '../servers/blob-process.ts';
import type { FlowSummary } from '../traffic/flow.ts';
import type { Load } from '../traffic/process.ts';
import type { HostSettings } from './host.ts';
import type { Memory } from './process.ts';
import { type HostVariantName, hostVariants } from './variants.ts';

const longestWarmUpMs = 8000;

/** What is carried, and by how many processes. */
export interface Haul {
  readonly hosts: number;
  readonly messages: number;
  readonly inFlight: number;
}

export interface Hauled extends FlowSummary {
  /** Of all host processes together. */
  readonly cpuPerMessageUs: number;
}

/**
 * Stores, queues and a client, and host processes of each variant. Only those hosts run that are being measured; the processes
 * of the others idle.
 */
export class Fleet {
  readonly #blobs = new Child(new URL('../servers/blob-process.ts', import.meta.url));
  readonly #traffic: Child;
  readonly #hosts = new Map<HostVariantName, Child[]>();
  #azurite: Azurite | undefined;
  #env: Readonly<Record<'azurite' | 'blob-server', string>> | undefined;

  private constructor(names: readonly HostVariantName[]) {
    this.#traffic = new Child(new URL('../traffic/process.ts', import.meta.url), { args: names });
  }

  static async start(names: readonly HostVariantName[]): Promise<Fleet> {
    const fleet = new Fleet(names);
    try {
      await fleet.#start(names);
      return fleet;
    } catch (error) {
      await fleet.close();
      throw error;
    }
  }

  async #start(names: readonly HostVariantName[]): Promise<void> {
    const blobs = connectionString(await this.#blobs.call<BlobAddresses>('addresses'));
    if (names.some((name) => hostVariants[name].store === 'azurite')) {
      this.#azurite = await startAzurite({ port: 0 });
      await createContainers(blobServiceFromConnectionString(this.#azurite.connectionString), [lockContainer]);
    }
    this.#env = { azurite: this.#azurite?.connectionString ?? '', 'blob-server': blobs };
  }

  /** Starts so many hosts, has them carry the messages, and stops them. */
  async haul(name: HostVariantName, { hosts: count, inFlight, ...haul }: Haul): Promise<Hauled> {
    const messages = Math.round(haul.messages);
    const hosts = this.#take(name, count);
    const settings = await this.#settings(name);
    try {
      const addresses = await Promise.all(hosts.map((host) => host.call<string>('start', settings)));
      const before = await cpuUs(hosts);
      const summary = await this.#traffic.call<FlowSummary>('carry', { addresses, inFlight, messages } satisfies Load);
      return { ...summary, cpuPerMessageUs: ((await cpuUs(hosts)) - before) / messages };
    } finally {
      await Promise.all(hosts.map((host) => host.call('stop')));
    }
  }

  /** The processor's samples of one host that carries the messages. */
  async profile(name: HostVariantName, haul: Haul): Promise<Profiler.Profile> {
    const hosts = this.#take(name, 1);
    await Promise.all(hosts.map((host) => host.call('startProfile')));
    await this.haul(name, haul);
    const [profile] = await Promise.all(hosts.map((host) => host.call<Profiler.Profile>('stopProfile')));
    if (profile === undefined) throw new Error(`No host of "${name}" was started.`);
    return profile;
  }

  /**
   * Has so many hosts carry messages until each has carried 10,000, or for 8 s: V8 compiles in threads of the same process, whose
   * time would count as that of the messages.
   */
  async warmUp(name: HostVariantName, hosts: number, pace: number): Promise<void> {
    const end = performance.now() + longestWarmUpMs * pace;
    const messages = 1000 * hosts * pace;
    for (let left = 10_000 * hosts * pace; left > 0 && performance.now() < end; left -= messages) {
      await this.haul(name, { hosts, inFlight: 100, messages });
    }
  }

  /** What the first host of a variant holds when nothing is in flight. */
  memory = (name: HostVariantName): Promise<Memory> =>
    this.#take(name, 1)[0]?.call<Memory>('memory') as Promise<Memory>;

  /** Empties the blob server. Only while nothing is in flight. */
  forgetLocks = (): Promise<void> => this.#blobs.call('clear');

  async close(): Promise<void> {
    const children = [this.#blobs, this.#traffic, ...[...this.#hosts.values()].flat()];
    await Promise.all([...children.map((child) => child.close()), this.#azurite?.stop()]);
  }

  /** The first processes of a variant, which are started when they are first needed. */
  #take(name: HostVariantName, count: number): readonly Child[] {
    const hosts = this.#hosts.get(name) ?? [];
    this.#hosts.set(name, hosts);
    while (hosts.length < count) hosts.push(new Child(new URL('process.ts', import.meta.url)));
    return hosts.slice(0, count);
  }

  async #settings(name: HostVariantName): Promise<HostSettings> {
    const { kind, store } = hostVariants[name];
    const env = {
      ServiceBusConnection: await this.#traffic.call<string>('connectionString'),
      LockStorage: this.#env?.[store] ?? '',
      QUEUE_NAME: name,
      LOCK_CONTAINER: lockContainer,
      PORT: '0',
    };
    return { kind, env, receives: true, logs: true };
  }
}

async function cpuUs(hosts: readonly Child[]): Promise<number> {
  const each = await Promise.all(hosts.map((host) => host.call<number>('cpuUs')));
  return each.reduce((sum, us) => sum + us, 0);
}
