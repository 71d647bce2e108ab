import { DeployedApp } from '../cold-start/deployed-app.ts';
import { type Imported, importOnce } from '../cold-start/import-once.ts';
import { connectionString } from '../guards/access.ts';
import { Child } from '../processes/child.ts';
import { inTurn, PerRound } from '../report/rounds.ts';
import { figure, type Table, times } from '../report/table.ts';
import type { BlobAddresses } from '../servers/blob-process.ts';
import type { Part } from './part.ts';

const fourSdks = ['@azure/functions', '@azure/service-bus', '@azure/storage-blob', '@azure/identity'];

interface Start {
  readonly label: string;
  readonly modules: (app: DeployedApp) => readonly string[];
  readonly cachesCompiled?: boolean;
  readonly guardsMessage?: boolean;
}

const starts = {
  nothing: { label: 'nothing', modules: () => [] },
  functions: { label: 'bare @azure/functions', modules: () => ['@azure/functions'] },
  fourSdks: { label: 'the four SDKs, unbundled', modules: () => fourSdks },
  ours: { label: 'ours, as deployed', modules: ({ entry }) => [entry] },
  oursWhole: { label: 'ours, with all that is loaded when needed', modules: ({ entry, parts }) => [entry, ...parts] },
  oursFirst: { label: 'ours, to the end of its first message', modules: ({ entry }) => [entry], guardsMessage: true },
  fourSdksCached: { label: 'the four SDKs, compile cache', modules: () => fourSdks, cachesCompiled: true },
  oursCached: { label: 'ours, compile cache', modules: ({ entry }) => [entry], cachesCompiled: true },
} as const satisfies Record<string, Start>;

type StartName = keyof typeof starts;
type Found = PerRound<StartName, Imported>;

const leastRounds = 7;

/**
 * The CPU of the import of 3673366 and its first guarded message, in times of the import of the four SDKs, as this part measures
 * both: the median of fifteen rounds in turn (2026-11-29, 2 cores), so that the build need not be there to be compared with.
 */
const oldBuild = 0.43;

const functionCount = 7;

/** What a new instance of the Function App waits for before it can register its functions. */
export const coldStart: Part = async ({ rounds, pace, tell }) => {
  tell('building what is deployed');
  const app = new DeployedApp();
  const blobs = new Child(new URL('../servers/blob-process.ts', import.meta.url));
  const lockStorage = connectionString(await blobs.call<BlobAddresses>('addresses'));
  const found: Found = new PerRound();
  const names = Object.keys(starts) as readonly StartName[];
  const start = async (name: StartName) => {
    const { modules, cachesCompiled, guardsMessage }: Start = starts[name];
    const imported = await importOnce({
      modules: modules(app),
      folder: app.folder,
      compileCache: cachesCompiled === true ? app.compileCache : undefined,
      lockStorage: guardsMessage === true ? lockStorage : undefined,
    });
    if (name.startsWith('ours') && imported.functions.length !== functionCount) {
      throw new Error(`The import registered ${imported.functions.length} functions.`);
    }
    return imported;
  };
  try {
    tell('warming up the disk, and filling the compile cache');
    for (const name of names) await start(name);
    const all = pace < 1 ? rounds : Math.max(leastRounds, rounds);
    for (let round = 0; round < all; round += 1) {
      tell(`round ${round + 1} of ${all}`);
      for (const name of inTurn(names, round)) found.add(name, await start(name));
    }
    return {
      figures: {
        'import, ours : four SDKs': found.ratio('ours', 'fourSdks', tookMs),
        'deployed MB': app.megabytes,
        'import and first message : 3673366': found.ratio('oursFirst', 'fourSdks', cpuMs) / oldBuild,
      },
      tables: [tableOf(found, names, app.megabytes)],
    };
  } finally {
    app.remove();
    await blobs.close();
  }
};

function tableOf(found: Found, names: readonly StartName[], megabytes: number): Table {
  return {
    title: 'Cold start: the import of the entry file',
    note: `A fresh process each, its files in the page cache. What is deployed has ${figure(megabytes)} MB. What talks to Blob Storage is loaded with the first request, Service Bus and identity when something is first sent or a token is first asked for. The build of 3673366 took ${times(oldBuild)} of the four SDKs' CPU to the end of its first message. "Compile cache" is NODE_COMPILE_CACHE, filled before.`,
    columns: ['', 'ms', 'of the four', 'CPU ms', 'of the four', 'RSS, MiB'],
    rows: names.map((name) => [
      starts[name].label,
      figure(found.median(name, tookMs)),
      times(found.ratio(name, 'fourSdks', tookMs)),
      figure(found.median(name, cpuMs)),
      times(found.ratio(name, 'fourSdks', cpuMs)),
      figure(found.median(name, ({ rss }) => rss / 2 ** 20)),
    ]),
  };
}

const tookMs = (imported: Imported): number => imported.tookMs;
const cpuMs = (imported: Imported): number => imported.cpuMs;
