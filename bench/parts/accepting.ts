import { type AcceptorName, AcceptStage, acceptors } from '../hosts/accept-stage.ts';
import { figure, times } from '../report/table.ts';
import type { Part } from './part.ts';

/** How many requests one process takes and puts on the queue, against the least that does so. */
export const accepting: Part = async ({ rounds, pace, tell }) => {
  const found = await AcceptStage.measure({ rounds, pace }, tell);
  const names = Object.keys(acceptors) as readonly AcceptorName[];
  return {
    figures: {
      'accepted/s, ours : bare': found.ratio('ours', 'bare', ({ perSecond }) => perSecond),
      'accepted/s, ours with a key : bare': found.ratio('oursWithKey', 'bare', ({ perSecond }) => perSecond),
    },
    tables: [
      {
        title: 'Requests accepted by one process',
        note: 'POST of 85 bytes of JSON over 64 connections; nobody receives. A request with a key asks the lock store whether the key belongs to other content, which a bare server does not. "Busy" is the part of a core that the process had: where it is below 1, the client and the queue were too slow for it.',
        columns: ['', 'accepted/s', 'of bare', 'CPU µs', 'of bare', 'busy', 'p50 ms', 'p99 ms'],
        rows: names.map((name) => [
          acceptors[name].label,
          figure(found.median(name, ({ perSecond }) => perSecond)),
          times(found.ratio(name, 'bare', ({ perSecond }) => perSecond)),
          figure(found.median(name, ({ cpuUs }) => cpuUs)),
          times(found.ratio(name, 'bare', ({ cpuUs }) => cpuUs)),
          figure(found.median(name, ({ perSecond, cpuUs }) => (perSecond * cpuUs) / 1_000_000)),
          figure(found.median(name, ({ p50Ms }) => p50Ms)),
          figure(found.median(name, ({ p99Ms }) => p99Ms)),
        ]),
      },
    ],
  };
};
