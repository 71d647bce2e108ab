import { accepting } from './accepting.ts';
import { bodies } from './bodies.ts';
import { checkpoints } from './checkpoints.ts';
import { coldStart } from './cold-start.ts';
import { collectors } from './collectors.ts';
import { contention } from './contention.ts';
import { cpu } from './cpu.ts';
import { emulator } from './emulator.ts';
import { endToEnd } from './end-to-end.ts';
import { fingerprint } from './fingerprint.ts';
import { hotNamesPart } from './hot-names.ts';
import { latency } from './latency.ts';
import { listedLocks } from './listed-locks.ts';
import { listing } from './listing.ts';
import { logic } from './logic.ts';
import { manyHauls } from './many-hauls.ts';
import { manyMessages } from './many-messages.ts';
import { oldLocks } from './old-locks.ts';
import { operatorPage } from './operator-page.ts';
import type { Part } from './part.ts';
import { profile } from './profile.ts';
import { redrive } from './redrive.ts';
import { requests } from './requests.ts';
import { sweepInRuns } from './sweep-in-runs.ts';
import { throughput } from './throughput.ts';

/** Everything that can be measured, in the order in which it is. */
export const parts = {
  requests,
  latency,
  cpu,
  logic,
  throughput,
  contention,
  checkpoints,
  'old-locks': oldLocks,
  'listed-locks': listedLocks,
  'sweep-in-runs': sweepInRuns,
  'hot-names': hotNamesPart,
  bodies,
  fingerprint,
  'many-messages': manyMessages,
  'end-to-end': endToEnd,
  'many-hauls': manyHauls,
  accepting,
  collectors,
  'operator-page': operatorPage,
  'cold-start': coldStart,
  listing,
  redrive,
  emulator,
  profile,
} as const satisfies Record<string, Part>;

export type PartName = keyof typeof parts;

export const partNames = Object.keys(parts) as readonly PartName[];

/** Names for several parts at once. */
export const groups: Readonly<Record<string, readonly PartName[]>> = {
  guard: ['requests', 'latency', 'cpu', 'logic', 'throughput'],
  operator: ['listing', 'redrive'],
  growth: [
    'checkpoints',
    'old-locks',
    'listed-locks',
    'sweep-in-runs',
    'hot-names',
    'bodies',
    'fingerprint',
    'many-messages',
  ],
  host: ['end-to-end', 'many-hauls', 'accepting', 'cold-start'],
};
