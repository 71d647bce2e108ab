import { parseArgs } from 'node:util';
import { connectionString } from '../guards/access.ts';
import { lockContainer } from '../guards/guard.ts';
import type { HostSettings } from '../hosts/host.ts';
import type { Memory } from '../hosts/process.ts';
import { Child } from '../processes/child.ts';
import { machineText } from '../report/machine.ts';
import { figure, markdown, times } from '../report/table.ts';
import type { BlobAddresses } from '../servers/blob-process.ts';
import type { FlowSummary } from '../traffic/flow.ts';
import type { Load } from '../traffic/process.ts';
import { type Carried, judgeSoak, type Leg, shown } from './judge-soak.ts';

const usage = `npm run soak -- [--messages 500000] [--in-flight 100]

  One standalone host of the product, never restarted, carries so many messages end to end, in 20 legs, on the bench's own store.
  It ends with status 1 if memory, latency or CPU a message grew from the legs at the beginning to those at the end. Latency and
  CPU are those of a bare host, measured after each leg, times so much: the machine may change meanwhile.
  --messages   10000 to 10000000
  --in-flight  posted and not yet completed at the most, 1 to 10000
`;

const legs = 20;
/** Of the queues, and how their messages are carried. */
const kinds = { soak: 'standalone', bare: 'bare' } as const;
/** How many messages a bare host carries after each leg, as a part of it; and at least. */
const bareShare = 0.1;
const leastBare = 500;
const say = (text: string): boolean => process.stdout.write(`${text}\n`);

await main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n\n${usage}`);
  process.exitCode = 2;
});

async function main(): Promise<void> {
  const { messages, inFlight } = options(process.argv.slice(2));
  say(machineText('npm run soak', process.argv.slice(2)));
  const blobs = new Child(new URL('../servers/blob-process.ts', import.meta.url));
  const traffic = new Child(new URL('../traffic/process.ts', import.meta.url), { args: Object.keys(kinds) });
  const [host, bare] = [1, 2].map(() => new Child(new URL('../hosts/process.ts', import.meta.url))) as [Child, Child];
  try {
    const env = {
      ServiceBusConnection: await traffic.call<string>('connectionString'),
      LockStorage: connectionString(await blobs.call<BlobAddresses>('addresses')),
      LOCK_CONTAINER: lockContainer,
      PORT: '0',
    };
    const start = (child: Child, queue: keyof typeof kinds) => {
      const settings: HostSettings = {
        kind: kinds[queue],
        env: { ...env, QUEUE_NAME: queue },
        receives: true,
        logs: true,
      };
      return child.call<string>('start', settings);
    };
    const addresses = [await start(host, 'soak'), await start(bare, 'bare')] as const;
    const carried = async (child: Child, address: string, count: number): Promise<Carried> => {
      const before = await child.call<number>('cpuUs');
      const load: Load = { addresses: [address], inFlight, messages: count };
      const summary = await traffic.call<FlowSummary>('carry', load);
      return { ...summary, cpuUs: ((await child.call<number>('cpuUs')) - before) / count };
    };
    const found: Leg[] = [];
    for (let leg = 0; leg < legs; leg += 1) {
      const count = messages / legs;
      const ours = await carried(host, addresses[0], count);
      const ofBare = await carried(bare, addresses[1], Math.max(leastBare, Math.round(count * bareShare)));
      found.push({ ...ours, ...(await host.call<Memory>('memory')), bare: ofBare });
      // What grows with the messages is the store of the bench, which is not what is asked about.
      await blobs.call('clear');
      say(`${Math.round(((leg + 1) * messages) / legs)} messages: ${shown(found.at(-1) as Leg).join(', ')}`);
    }
    await Promise.all([host, bare].map((child) => child.call('stop')));
    const judged = judgeSoak(found);
    const rows = judged.map(({ what, first, last, ratio, most, isFlat }) => [
      what,
      figure(first),
      figure(last),
      times(ratio),
      times(most),
      isFlat ? 'flat' : 'GREW',
    ]);
    const note = `${messages.toLocaleString('en')} messages through one host, ${inFlight} in flight: the medians of legs 5 to 9 and of the last 5 of 20.`;
    const columns = ['', 'first', 'last', 'last : first', 'at the most', ''];
    say(`\n${markdown({ title: 'Soak', note, columns, rows })}`);
    if (judged.some(({ isFlat }) => !isFlat)) process.exitCode = 1;
  } finally {
    await Promise.all([host, bare, traffic, blobs].map((child) => child.close()));
  }
}

function options(args: readonly string[]): { readonly messages: number; readonly inFlight: number } {
  const { values } = parseArgs({
    args: [...args],
    options: { messages: { type: 'string' }, 'in-flight': { type: 'string' } },
  });
  const messages = count('--messages', values.messages ?? '500000', 10_000, 10_000_000);
  return {
    messages: messages - (messages % legs),
    inFlight: count('--in-flight', values['in-flight'] ?? '100', 1, 10_000),
  };
}

function count(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,8}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Error(`${name} is "${text}", but must be a whole number from ${least} to ${most}.`);
}
