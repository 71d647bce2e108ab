import type { Measured } from '../guards/measure.ts';
import type { Child } from '../processes/child.ts';
import { quantile } from '../report/statistics.ts';
import type { Deliveries, Settled, Worked } from './process.ts';

/** What became of several deliveries of one message. Times in milliseconds. */
export interface Outcome {
  /** From the first delivery to the beginning of the work. */
  readonly untilWorkMs: number;
  /** From the end of the work to the winner's settlement. */
  readonly afterWorkMs: number;
  readonly requests: number;
  /** From the winner's settlement to the loser's in the middle, and to the last one's; NaN without losers. */
  readonly loserP50Ms: number;
  readonly lastLoserMs: number;
}

interface Delivered {
  readonly startedAt: number;
  readonly settled: readonly Settled[];
  readonly worked: readonly Worked[];
}

/**
 * Hands `deliveries` of one message to the instances at once, as evenly as can be.
 *
 * @throws Error unless exactly one of them did the work, and all others were told that it was done.
 */
export async function contend(
  instances: readonly Child[],
  { deliveries, workMs }: Pick<Deliveries, 'deliveries' | 'workMs'>,
  countRequests: () => Promise<number>,
): Promise<Outcome> {
  const id = crypto.randomUUID();
  await countRequests();
  const all = await Promise.all(
    shares(deliveries, instances.length).map((share, place) =>
      instances[place]?.call<Delivered>('deliver', { id, deliveries: share, workMs }),
    ),
  );
  const delivered = all.filter((each) => each !== undefined);
  const settled = delivered.flatMap((each) => each.settled);
  const worked = delivered.flatMap((each) => each.worked);
  const winners = settled.filter(({ kind }) => kind === 'completed');
  const [winner] = winners;
  const [work] = worked;
  if (winner === undefined || work === undefined || winners.length > 1 || worked.length > 1) {
    throw new Error(`${worked.length} of ${deliveries} deliveries worked, and ${winners.length} completed.`);
  }
  const startedAt = Math.min(...delivered.map((each) => each.startedAt));
  const losersMs = settled.filter((each) => each !== winner).map(({ at }) => at - winner.at);
  return {
    untilWorkMs: work.beganAt - startedAt,
    afterWorkMs: winner.at - work.endedAt,
    requests: await countRequests(),
    loserP50Ms: quantile(losersMs, 0.5),
    lastLoserMs: quantile(losersMs, 1),
  };
}

/** Guards other messages in the first instance while deliveries contend in it, or without that. */
export async function othersMeanwhile(
  instances: readonly Child[],
  deliveries: number,
  countRequests: () => Promise<number>,
): Promise<Measured> {
  const workMs = 400;
  const [first] = instances;
  if (first === undefined) throw new Error('There is no instance.');
  const [measured] = await Promise.all([
    first.call<Measured>('others', workMs),
    deliveries > 0 ? contend([first], { deliveries, workMs }, countRequests) : undefined,
  ]);
  return measured;
}

const shares = (total: number, among: number): readonly number[] =>
  Array.from({ length: Math.min(total, among) }, (_, place) => Math.floor((total + among - 1 - place) / among));
