import { createHash } from 'node:crypto';
import { type LockLayout, lockName } from '../../src/domain/lock-name.ts';
import type { MessageId } from '../../src/domain/message-id.ts';
import { SeededRandom } from '../../test/support/seeded-random.ts';
import { type Interval, RangedStore } from './ranged-store.ts';

/** IDs as senders choose them: by a counter, by the time (UUID version 7), at random (UUID version 4). */
export type Ids = 'order-<number>' | 'UUID version 7' | 'UUID version 4';

export interface HotNamesOptions {
  readonly ids: Ids;
  readonly layout: LockLayout;
  readonly messagesPerSecond: number;
  /** Of one range's server. */
  readonly requestsPerSecond: number;
  readonly minutes: number;
  readonly seed: number;
}

/** How often a store looks for ranges to split. */
export const intervalSeconds = 15;

/** Messages of an interval that are looked at. */
const sampled = 1500;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Each message creates its lock and completes it, in the same interval. */
export function hotNames({ ids, layout, minutes, seed, ...rates }: HotNamesOptions): readonly Interval[] {
  const random = new SeededRandom(seed);
  const store = new RangedStore({ capacity: rates.requestsPerSecond * intervalSeconds });
  const messages = rates.messagesPerSecond * intervalSeconds;
  return Array.from({ length: (minutes * 60) / intervalSeconds }, (_, interval) => {
    const names = Array.from({ length: sampled }, (_, place) => {
      const number = interval * messages + Math.floor((place * messages) / sampled);
      const id = idOf(ids, number, number / rates.messagesPerSecond, random) as MessageId;
      return lockName({ scope: 'orders', id }, sha256, layout);
    });
    return store.take([...names, ...names], messages / sampled);
  });
}

function idOf(ids: Ids, number: number, seconds: number, random: SeededRandom): string {
  const digits = (count: number) => Array.from({ length: count }, () => random.integer(16).toString(16)).join('');
  switch (ids) {
    case 'order-<number>':
      return `order-${String(number).padStart(10, '0')}`;
    case 'UUID version 7': {
      // Source: RFC 9562, section 5.7: 48 bits of milliseconds since the epoch, then random ones.
      const time = (Date.UTC(2026, 10, 29) + Math.floor(seconds * 1000)).toString(16).padStart(12, '0');
      return `${time.slice(0, 8)}-${time.slice(8)}-7${digits(3)}-8${digits(3)}-${digits(12)}`;
    }
    case 'UUID version 4':
      return `${digits(8)}-${digits(4)}-4${digits(3)}-8${digits(3)}-${digits(12)}`;
  }
}
