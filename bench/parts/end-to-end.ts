import { Fleet, type Haul, type Hauled } from '../hosts/fleet.ts';
import { type HostVariantName, hostVariants } from '../hosts/variants.ts';
import { inTurn, PerRound } from '../report/rounds.ts';
import type { Spread } from '../report/statistics.ts';
import { figure, spreadText, type Table, times } from '../report/table.ts';
import type { Part } from './part.ts';

const compared: readonly HostVariantName[] = ['oursOnAzurite', 'ours', 'locksInMemory', 'noLock', 'bare'];
const scaled: readonly HostVariantName[] = ['oursOnAzurite', 'ours', 'noLock'];
const queued: readonly HostVariantName[] = ['oursOnAzurite', 'ours', 'noLock', 'bare'];

interface Cell extends Haul {
  readonly of: readonly HostVariantName[];
  /** A backlog takes long, and its figures differ little. */
  readonly mostRounds?: number;
}

const cells: readonly Cell[] = [
  { hosts: 1, inFlight: 1, messages: 200, of: queued },
  { hosts: 1, inFlight: 100, messages: 2000, of: compared },
  { hosts: 2, inFlight: 100, messages: 1000, of: scaled },
  { hosts: 4, inFlight: 100, messages: 1000, of: scaled },
  { hosts: 1, inFlight: 10_000, messages: 10_000, of: queued, mostRounds: 1 },
];

type Key = `${HostVariantName}, ${number} hosts, ${number} in flight`;
type Found = PerRound<Key, Hauled>;

const keyOf = (name: HostVariantName, hosts: number, inFlight: number): Key =>
  `${name}, ${hosts} hosts, ${inFlight} in flight`;

/** Messages through HTTP, queue, lock, empty handler and settlement, in processes as they are deployed. */
export const endToEnd: Part = async ({ rounds, pace, tell }) => {
  const found: Found = new PerRound();
  for (let round = 0; round < rounds; round += 1) {
    const tellRound = (progress: string) => tell(`round ${round + 1} of ${rounds}: ${progress}`);
    // New processes each round: how fast V8 makes the same code is luck that lasts as long as a process.
    const fleet = await Fleet.start(compared);
    try {
      await measureRound(fleet, found, { round, pace, tell: tellRound });
    } finally {
      await fleet.close();
    }
  }
  const ofBare = (name: HostVariantName, of: (hauled: Hauled) => number) =>
    found.ratio(keyOf(name, 1, 100), keyOf('bare', 1, 100), of);
  const figures = {
    'end to end, CPU, no lock : bare': ofBare('noLock', cpu),
    'end to end, CPU, ours : bare': ofBare('ours', cpu),
    'completed/s, ours : bare': ofBare('ours', completed),
  };
  return { figures, tables: [ofOneHost(found), ofHosts(found), ofInFlight(found)] };
};

async function measureRound(
  fleet: Fleet,
  found: Found,
  { round, pace, tell }: { readonly round: number; readonly pace: number; readonly tell: (progress: string) => void },
): Promise<void> {
  // A dozen processes take longer to start than a quick run may.
  const mostHosts = pace < 1 ? 2 : 4;
  for (const name of compared) {
    tell(`warming up: ${hostVariants[name].label}`);
    await fleet.warmUp(name, scaled.includes(name) ? mostHosts : 1, pace);
  }
  await fleet.forgetLocks();
  for (const { of, mostRounds = Number.POSITIVE_INFINITY, ...haul } of cells) {
    if (round >= mostRounds || haul.hosts > mostHosts) continue;
    tell(`${haul.hosts} hosts, ${haul.inFlight} in flight`);
    const inFlight = Math.ceil(haul.inFlight * (haul.inFlight > 1000 ? pace * pace : 1));
    for (const name of inTurn(of, round)) {
      const hauled = await fleet.haul(name, { ...haul, inFlight, messages: Math.max(inFlight, haul.messages * pace) });
      found.add(keyOf(name, haul.hosts, haul.inFlight), hauled);
    }
    await fleet.forgetLocks();
  }
}

function ofOneHost(found: Found): Table {
  const key = (name: HostVariantName) => keyOf(name, 1, 100);
  return {
    title: 'End to end: one host, 100 messages in flight',
    note: "HTTP, queue, lock, empty handler, settlement; 16 deliveries at a time. The queue and the client share one process, and all share the machine, so that the CPU of the host says more than its rate. In brackets the lowest and the highest round. What is on Azurite is Azurite's: two of its writes cost more than the rest together.",
    columns: [
      '',
      'accepted/s',
      'completed/s',
      'of the ceiling',
      'of bare',
      'CPU µs of the host',
      'of the ceiling',
      'of bare',
    ],
    rows: compared.map((name) => [
      hostVariants[name].label,
      spreadText(found.spread(key(name), accepted)),
      spreadText(found.spread(key(name), completed)),
      ratioText(found.spreadOfRatio(key(name), key('noLock'), completed)),
      ratioText(found.spreadOfRatio(key(name), key('bare'), completed)),
      spreadText(found.spread(key(name), cpu)),
      ratioText(found.spreadOfRatio(key(name), key('noLock'), cpu)),
      ratioText(found.spreadOfRatio(key(name), key('bare'), cpu)),
    ]),
  };
}

function ofHosts(found: Found): Table {
  const counts = [1, 2, 4];
  return {
    title: 'End to end: 1, 2 and 4 host processes, 100 messages in flight',
    note: 'Completed messages a second, and times those of one host. More processes than cores cannot be faster.',
    columns: ['', ...counts.map((count) => `${count}`), ...counts.slice(1).map((count) => `${count} : 1`)],
    rows: scaled.map((name) => [
      hostVariants[name].label,
      ...counts.map((count) => spreadText(found.spread(keyOf(name, count, 100), completed))),
      ...counts
        .slice(1)
        .map((count) => ratioText(found.spreadOfRatio(keyOf(name, count, 100), keyOf(name, 1, 100), completed))),
    ]),
  };
}

function ofInFlight(found: Found): Table {
  return {
    title: 'End to end: 1, 100 and 10,000 messages in flight, one host',
    note: 'From the post to the settlement in milliseconds, p50 / p95 / p99; and completed messages a second. With 10,000 all are posted as fast as they are accepted, and most of the time is spent in the queue.',
    columns: ['', '1: ms', '100: ms', '10,000: ms', '1: completed/s', '100', '10,000', '10,000: accepted/s'],
    rows: queued.map((name) => [
      hostVariants[name].label,
      ...[1, 100, 10_000].map((inFlight) => {
        const key = keyOf(name, 1, inFlight);
        return [p50, p95, p99].map((percentile) => figure(found.median(key, percentile))).join(' / ');
      }),
      ...[1, 100, 10_000].map((inFlight) => figure(found.median(keyOf(name, 1, inFlight), completed))),
      figure(found.median(keyOf(name, 1, 10_000), accepted)),
    ]),
  };
}

const ratioText = (spread: Spread): string => spreadText(spread, times);
const accepted = (hauled: Hauled): number => hauled.acceptedPerSecond;
const completed = (hauled: Hauled): number => hauled.completedPerSecond;
const cpu = (hauled: Hauled): number => hauled.cpuPerMessageUs;
const p50 = (hauled: Hauled): number => hauled.p50Ms;
const p95 = (hauled: Hauled): number => hauled.p95Ms;
const p99 = (hauled: Hauled): number => hauled.p99Ms;
