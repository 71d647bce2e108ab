import { Arena } from '../contention/arena.ts';
import { contend, type Outcome, othersMeanwhile } from '../contention/trial.ts';
import type { Measured } from '../guards/measure.ts';
import { median } from '../report/statistics.ts';
import { figure, type Table, times } from '../report/table.ts';
import type { Part, PartOptions } from './part.ts';

const latencyMs = 5;
const workMs = 300;
const instanceCounts = [1, 4];
const deliveryCounts = [1, 2, 16, 128];

/** What it costs that one message is delivered many times at once. */
export const contention: Part = async (options) => {
  const arena = await Arena.start(Math.max(...instanceCounts), latencyMs);
  try {
    // Each instance meets the contention once before it counts.
    await contend(arena.instances, { deliveries: 128, workMs: 1 }, arena.countRequests);
    return { figures: {}, tables: [await ofTheMessage(arena, options), await ofOthers(arena, options)] };
  } finally {
    await arena.close();
  }
};

async function ofTheMessage(arena: Arena, { rounds, tell }: PartOptions): Promise<Table> {
  const outcomes = new Map<string, Outcome[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const instances of instanceCounts) {
      for (const deliveries of deliveryCounts) {
        tell(`round ${round + 1} of ${rounds}: ${deliveries} deliveries, ${instances} processes`);
        const some = arena.instances.slice(0, instances);
        const outcome = await contend(some, { deliveries, workMs }, arena.countRequests);
        const key = `${deliveries} in ${instances}`;
        outcomes.set(key, [...(outcomes.get(key) ?? []), outcome]);
      }
    }
  }
  const of = (key: string, metric: keyof Outcome) =>
    figure(median((outcomes.get(key) ?? []).map((outcome) => outcome[metric])));
  const keys = instanceCounts.flatMap((instances) =>
    deliveryCounts
      .filter((deliveries) => deliveries > 1 || instances === 1)
      .map((deliveries) => `${deliveries} in ${instances}`),
  );
  return {
    title: 'Deliveries of one message at once',
    note: `The store answers after ${latencyMs} ms, the work takes ${workMs} ms. Losers look at the lock every 0.5 to 3 s, once per process; "settled" counts from the settlement of the winner. Milliseconds, medians.`,
    columns: [
      'deliveries in processes',
      'work begins after',
      'winner settled after the work',
      'requests in all',
      'loser settled, p50',
      'last loser settled',
    ],
    rows: keys.map((key) => [
      key,
      of(key, 'untilWorkMs'),
      of(key, 'afterWorkMs'),
      of(key, 'requests'),
      of(key, 'loserP50Ms'),
      of(key, 'lastLoserMs'),
    ]),
  };
}

async function ofOthers(arena: Arena, { rounds, tell }: PartOptions): Promise<Table> {
  const measured = new Map<number, Measured[]>(deliveryCounts.map((deliveries) => [deliveries, []]));
  const alone: Measured[] = [];
  for (let round = 0; round < rounds; round += 1) {
    tell(`round ${round + 1} of ${rounds}: other messages meanwhile`);
    alone.push(await othersMeanwhile(arena.instances, 0, arena.countRequests));
    for (const [deliveries, each] of measured) {
      each.push(await othersMeanwhile(arena.instances, deliveries, arena.countRequests));
    }
  }
  const row = (label: string, each: readonly Measured[]) => {
    const medianOf = (metric: keyof Measured) => median(each.map((one) => one[metric]));
    const ofAlone = median(each.map(({ p50Ms }, round) => p50Ms / (alone[round]?.p50Ms ?? Number.NaN)));
    return [label, figure(medianOf('p50Ms')), figure(medianOf('p95Ms')), figure(medianOf('longestMs')), times(ofAlone)];
  };
  return {
    title: 'Other messages in the same process meanwhile, 4 at a time',
    note: `Time to guard one of them, in milliseconds, from the moment the deliveries arrive until the winner has worked.`,
    columns: ['deliveries of the one message', 'p50', 'p95', 'longest', 'p50 of alone'],
    rows: [row('none', alone), ...[...measured].map(([deliveries, each]) => row(String(deliveries), each))],
  };
}
