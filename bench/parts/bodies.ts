import { Plot } from '../growth/plot.ts';
import type { Measured } from '../guards/measure.ts';
import { median, medianRatio } from '../report/statistics.ts';
import { figure, times } from '../report/table.ts';
import type { Part } from './part.ts';

const sizes = [100, 1024, 10_240, 65_536, 262_144];

/** What a message's body costs, which is parsed and hashed for the fingerprint, and not stored in the lock. */
export const bodies: Part = ({ rounds, pace, tell }) =>
  Plot.with(async ({ blobs, instance }) => {
    const measured = new Map<number, number[]>(sizes.map((bytes) => [bytes, []]));
    const guard = (bytes: number, messages: number) =>
      instance.call<Measured>('guardBodies', { bytes, messages: Math.ceil(messages * pace) });
    await guard(1024, 1500);
    for (let round = 0; round < rounds; round += 1) {
      for (const [bytes, each] of measured) {
        tell(`round ${round + 1} of ${rounds}: ${bytes} bytes`);
        each.push((await guard(bytes, bytes > 50_000 ? 300 : 1000)).cpuPerMessageUs);
        await blobs.call('clear');
      }
    }
    const smallest = measured.get(100) ?? [];
    return {
      figures: {},
      tables: [
        {
          title: 'Body of a message',
          note: 'From the bytes of the queue message to the completed lock: CloudEvent parsed, fingerprint taken, guarded. A host that hands over bytes pays this once a delivery. Making the body is counted, too.',
          columns: ['body, bytes', 'CPU µs per message', 'of 100 bytes'],
          rows: [...measured].map(([bytes, each]) => [
            bytes.toLocaleString('en'),
            figure(median(each)),
            times(medianRatio(each, smallest)),
          ]),
        },
      ],
    };
  });
