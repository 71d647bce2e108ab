import { connectionString } from '../guards/access.ts';
import { lockContainer } from '../guards/guard.ts';
import { Child } from '../processes/child.ts';
import type { BlobAddresses } from '../servers/blob-process.ts';
import type { CollectorKind } from '../servers/collector-process.ts';
import type { FlowSummary } from '../traffic/flow.ts';
import type { Load } from '../traffic/process.ts';
import type { Hauled } from './fleet.ts';
import type { HostSettings } from './host.ts';

/** Where a host exports its telemetry: to nobody, or to a collector of this kind. */
export type Exported = 'off' | CollectorKind;

/** Hosts of the product that export what they tell, each to another collector. They run until the end: an SDK is registered once. */
export class ExportingStage {
  readonly #blobs = new Child(new URL('../servers/blob-process.ts', import.meta.url));
  readonly #collector = new Child(new URL('../servers/collector-process.ts', import.meta.url));
  readonly #traffic: Child;
  readonly #hosts = new Map<Exported, { readonly host: Child; readonly address: string }>();

  private constructor(kinds: readonly Exported[]) {
    this.#traffic = new Child(new URL('../traffic/process.ts', import.meta.url), { args: kinds });
  }

  static async start(kinds: readonly Exported[]): Promise<ExportingStage> {
    const stage = new ExportingStage(kinds);
    try {
      for (const kind of kinds) await stage.#startHost(kind);
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  /** Has one host carry so many messages. The others idle. */
  async haul(kind: Exported, { messages, inFlight }: Omit<Load, 'addresses'>): Promise<Hauled> {
    const found = this.#hosts.get(kind);
    if (found === undefined) throw new Error(`"${kind}" was not started.`);
    const { host, address } = found;
    const before = await host.call<number>('cpuUs');
    const load: Load = { addresses: [address], inFlight, messages };
    const summary = await this.#traffic.call<FlowSummary>('carry', load);
    return { ...summary, cpuPerMessageUs: ((await host.call<number>('cpuUs')) - before) / messages };
  }

  async close(): Promise<void> {
    const hosts = [...this.#hosts.values()].map(({ host }) => host);
    await Promise.all([this.#blobs, this.#collector, this.#traffic, ...hosts].map((child) => child.close()));
  }

  async #startHost(kind: Exported): Promise<void> {
    const endpoint = kind === 'off' ? undefined : await this.#collector.call<string>('listen', kind);
    const settings: HostSettings = {
      kind: 'standalone',
      env: {
        ServiceBusConnection: await this.#traffic.call<string>('connectionString'),
        LockStorage: connectionString(await this.#blobs.call<BlobAddresses>('addresses')),
        QUEUE_NAME: kind,
        LOCK_CONTAINER: lockContainer,
        PORT: '0',
      },
      receives: true,
      logs: true,
    };
    const host = new Child(new URL('process.ts', import.meta.url), {
      env: endpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint },
    });
    this.#hosts.set(kind, { host, address: '' });
    this.#hosts.set(kind, { host, address: await host.call<string>('start', settings) });
  }
}
