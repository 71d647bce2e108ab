import { Fleet } from '../hosts/fleet.ts';
import type { Memory } from '../hosts/process.ts';
import type { HostVariantName } from '../hosts/variants.ts';
import { median } from '../report/statistics.ts';
import { figure, times } from '../report/table.ts';
import type { Part } from './part.ts';

const marks = [1000, 10_000, 50_000, 100_000, 200_000];
const mostAtOnce = 5000;

/** Whether a host that has carried many messages end to end carries the next one at the same cost, in the same memory. */
export const manyHauls: Part = async ({ rounds, pace, tell }) => {
  const fleet = await Fleet.start(['ours', 'bare']);
  const haul = async (name: HostVariantName, messages: number) => {
    const hauled = await fleet.haul(name, { hosts: 1, inFlight: 100, messages });
    await fleet.forgetLocks();
    return hauled;
  };
  try {
    for (const name of ['ours', 'bare'] as const) await haul(name, 5000 * pace);
    const seen: Seen[] = [];
    let done = 0;
    for (const at of pace < 1 ? marks.slice(0, 2).map((mark) => mark / 10) : marks) {
      tell(`to message ${at}`);
      let completedPerSecond = Number.NaN;
      for (; done < at; done += mostAtOnce) {
        ({ completedPerSecond } = await haul('ours', Math.min(mostAtOnce, at - done)));
      }
      done = at;
      const us: number[] = [];
      const ratios: number[] = [];
      for (let round = 0; round < Math.min(rounds, 3); round += 1) {
        const { cpuPerMessageUs } = await haul('ours', 1000 * pace);
        us.push(cpuPerMessageUs);
        ratios.push(cpuPerMessageUs / (await haul('bare', 1000 * pace)).cpuPerMessageUs);
      }
      seen.push({ at, us: median(us), ratio: median(ratios), completedPerSecond, ...(await fleet.memory('ours')) });
    }
    const lastToFirst = (of: (each: Seen) => number) => {
      const [first, last] = [seen[0], seen.at(-1)];
      return first === undefined || last === undefined ? Number.NaN : of(last) / of(first);
    };
    return {
      figures: {
        'end to end, CPU per message, last : first': lastToFirst(({ ratio }) => ratio),
        'end to end, heap, last : first': lastToFirst(({ heapUsed }) => heapUsed),
      },
      tables: [
        {
          title: 'One host after many messages, end to end',
          note: 'Locks on the blob server, 100 messages in flight. "of bare" is the CPU in times of that of a bare host, measured in turn: the machine may change meanwhile. Heap after a garbage collection.',
          columns: ['messages', 'CPU µs per message', 'of bare', 'completed/s', 'heap, MiB', 'RSS, MiB'],
          rows: seen.map(({ at, us, ratio, completedPerSecond, heapUsed, rss }) => [
            at.toLocaleString('en'),
            figure(us),
            times(ratio),
            figure(completedPerSecond),
            figure(heapUsed / 2 ** 20),
            figure(rss / 2 ** 20),
          ]),
        },
      ],
    };
  } finally {
    await fleet.close();
  }
};

interface Seen extends Memory {
  readonly at: number;
  readonly us: number;
  readonly ratio: number;
  readonly completedPerSecond: number;
}
