import type { Shape } from '../growth/fingerprint-process.ts';
import { Child } from '../processes/child.ts';
import { PerRound } from '../report/rounds.ts';
import { figure, times } from '../report/table.ts';
import type { Part } from './part.ts';

const shapes: Readonly<Record<Shape, string>> = { text: 'one long text', members: 'many members' };
const sizes = [1024, 65_536, 262_144];
const largest = 262_144;

type Key = `${Shape} of ${number}`;
interface Taken {
  readonly oursUs: number;
  readonly leastUs: number;
}

/** What it costs to know whether two deliveries carry the same, which takes a fingerprint of each. */
export const fingerprint: Part = async ({ rounds, pace, tell }) => {
  const found = new PerRound<Key, Taken>();
  const keys = (Object.keys(shapes) as Shape[]).flatMap((shape) => sizes.map((bytes) => ({ shape, bytes })));
  for (let round = 0; round < rounds; round += 1) {
    tell(`round ${round + 1} of ${rounds}`);
    for (const { shape, bytes } of keys) {
      const child = new Child(new URL('../growth/fingerprint-process.ts', import.meta.url));
      try {
        const measure = (bytesInAll: number) =>
          child.call<Taken>('measure', { shape, bytes, times: Math.ceil((bytesInAll * pace) / bytes) });
        await measure(100_000_000); // warm
        found.add(`${shape} of ${bytes}`, await measure(50_000_000));
      } finally {
        await child.close();
      }
    }
  }
  const ratio = (shape: Shape, bytes: number) =>
    found.median(`${shape} of ${bytes}`, ({ oursUs, leastUs }) => oursUs / leastUs);
  return {
    figures: {
      'fingerprint of one long text : least': ratio('text', largest),
      'fingerprint of many members : least': ratio('members', largest),
    },
    tables: [
      {
        title: 'From the bytes of a delivery to its fingerprint',
        note: 'A CloudEvent in structured mode. The least: decode, JSON.parse and SHA-256 of the same bytes. CPU, warm, one at a time.',
        columns: ['data', 'bytes', 'µs', 'the least, µs', 'of the least'],
        rows: keys.map(({ shape, bytes }) => [
          shapes[shape],
          bytes.toLocaleString('en'),
          figure(found.median(`${shape} of ${bytes}`, ({ oursUs }) => oursUs)),
          figure(found.median(`${shape} of ${bytes}`, ({ leastUs }) => leastUs)),
          times(ratio(shape, bytes)),
        ]),
      },
    ],
  };
};
