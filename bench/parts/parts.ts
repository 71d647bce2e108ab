import { cpu } from './cpu.ts';
import { latency } from './latency.ts';
import { logic } from './logic.ts';
import type { Part } from './part.ts';
import { requests } from './requests.ts';
import { throughput } from './throughput.ts';

/** Everything that can be measured, in the order in which it is. */
export const parts = { requests, latency, cpu, logic, throughput } as const satisfies Record<string, Part>;

export type PartName = keyof typeof parts;

export const partNames = Object.keys(parts) as readonly PartName[];

/** Names for several parts at once. */
export const groups: Readonly<Record<string, readonly PartName[]>> = {
  guard: ['requests', 'latency', 'cpu', 'logic', 'throughput'],
};
