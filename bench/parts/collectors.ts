import { type Exported, ExportingStage } from '../hosts/exporting-stage.ts';
import type { Hauled } from '../hosts/fleet.ts';
import { inTurn, PerRound } from '../report/rounds.ts';
import { spreadText, times } from '../report/table.ts';
import type { Part } from './part.ts';

const labels: Readonly<Record<Exported, string>> = {
  off: 'nothing is exported',
  good: 'a collector that takes everything',
  away: 'nothing listens there',
  slow: 'one that does not answer',
  failing: 'one that answers 500',
};
const kinds = Object.keys(labels) as readonly Exported[];
const bad = ['away', 'slow', 'failing'] as const;

const completed = ({ completedPerSecond }: Hauled): number => completedPerSecond;
const cpu = ({ cpuPerMessageUs }: Hauled): number => cpuPerMessageUs;

/** What collectors that do not take what is exported cost a host, end to end, in processes that live through all rounds of one turn. */
export const collectors: Part = async ({ rounds, pace, tell }) => {
  const found = new PerRound<Exported, Hauled>();
  const stage = await ExportingStage.start(kinds);
  try {
    for (const kind of kinds) {
      tell(`warming up: ${labels[kind]}`);
      for (let hauls = 0; hauls < 3; hauls += 1) await stage.haul(kind, { messages: 2000 * pace, inFlight: 100 });
    }
    for (let round = 0; round < rounds; round += 1) {
      tell(`round ${round + 1} of ${rounds}`);
      for (const kind of inTurn(kinds, round)) {
        found.add(kind, await stage.haul(kind, { messages: 2000 * pace, inFlight: 100 }));
      }
    }
  } finally {
    await stage.close();
  }
  return {
    figures: {
      'completed/s, bad collectors : good': Math.min(...bad.map((kind) => found.ratio(kind, 'good', completed))),
      'CPU, exporting : not': found.ratio('good', 'off', cpu),
    },
    tables: [
      {
        title: 'Traces, metrics and log lines exported over OTLP, by what the collector does',
        note: 'One standalone host, locks on the blob server, 100 messages in flight, 16 deliveries at a time. Host, stores, client and collector share the machine, which has no time left over: whatever CPU is spent, shows.',
        columns: [
          '',
          'completed/s',
          'of a good collector',
          'of nothing exported',
          'CPU µs of the host',
          'of nothing exported',
        ],
        rows: kinds.map((kind) => [
          labels[kind],
          spreadText(found.spread(kind, completed)),
          spreadText(found.spreadOfRatio(kind, 'good', completed), times),
          spreadText(found.spreadOfRatio(kind, 'off', completed), times),
          spreadText(found.spread(kind, cpu)),
          spreadText(found.spreadOfRatio(kind, 'off', cpu), times),
        ]),
      },
    ],
  };
};
