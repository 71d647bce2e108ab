import { Stage } from '../guards/stage.ts';
import { type VariantName, variants } from '../guards/variants.ts';
import { Fleet } from '../hosts/fleet.ts';
import { type HostVariantName, hostVariants } from '../hosts/variants.ts';
import { sharesByCategory } from '../profile/categories.ts';
import { type Profiled, profileTable } from '../profile/profile-table.ts';
import type { Table } from '../report/table.ts';
import type { Part } from './part.ts';

type Run = Parameters<Part>[0];

const guards: readonly VariantName[] = ['ours', 'raw', 'sdkDefault', 'oursBearer', 'rawBearer'];
const hosts: readonly HostVariantName[] = ['noLock', 'bare', 'ours'];

/** Where the processor's time of a message goes. Apart from the other measurements, since looking costs time as well. */
export const profile: Part = async (run) => ({ figures: {}, tables: [await ofGuards(run), await ofHosts(run)] });

async function ofGuards({ pace, tell }: Run): Promise<Table> {
  const stage = await Stage.start(guards);
  try {
    const found: Profiled[] = [];
    const load = { path: 'new', concurrency: 16, durationMs: 60_000 } as const;
    for (const name of guards) {
      tell(variants[name].label);
      await stage.run(name, 'new', { ...load, most: 3000 * pace });
      const { cpuPerMessageUs: cpuUs } = await stage.run(name, 'new', { ...load, most: 3000 * pace });
      const shares = sharesByCategory(await stage.profile(name, { ...load, most: 8000 * pace }));
      found.push({ label: variants[name].label, shares, cpuUs });
      await stage.empty();
    }
    return profileTable('Where the CPU of a new message goes', '16 at a time, 0 ms.', found);
  } finally {
    await stage.close();
  }
}

async function ofHosts({ pace, tell }: Run): Promise<Table> {
  const fleet = await Fleet.start(hosts);
  try {
    const found: Profiled[] = [];
    for (const name of hosts) {
      tell(hostVariants[name].label);
      await fleet.warmUp(name, 1, pace);
      await fleet.forgetLocks();
      const haul = { hosts: 1, inFlight: 100, messages: Math.max(100, 3000 * pace) };
      const { cpuPerMessageUs: cpuUs } = await fleet.haul(name, haul);
      await fleet.forgetLocks();
      found.push({ label: hostVariants[name].label, shares: sharesByCategory(await fleet.profile(name, haul)), cpuUs });
    }
    return profileTable('Where the CPU of a host goes', 'One host, 100 messages in flight.', found);
  } finally {
    await fleet.close();
  }
}
