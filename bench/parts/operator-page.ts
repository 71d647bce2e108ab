import type { Page } from 'playwright-core';
import { chromiumPath, noChromium, startChromium } from '../../test/support/chromium.ts';
import { connectionString } from '../guards/access.ts';
import { lockContainer } from '../guards/guard.ts';
import type { HostSettings } from '../hosts/host.ts';
import { Child } from '../processes/child.ts';
import { spreadOf } from '../report/statistics.ts';
import { spreadText } from '../report/table.ts';
import type { BlobAddresses } from '../servers/blob-process.ts';
import type { FlowSummary } from '../traffic/flow.ts';
import type { Load } from '../traffic/process.ts';
import type { Part } from './part.ts';

/** Each is taken up and completed: two changes of a lock's state. */
const messagesPerSecond = 100;
const queue = 'paged';

/** What the page of operators costs a host while a browser looks at it, and the browser, at 200 changes of locks a second. */
export const operatorPage: Part = async ({ rounds, pace, tell }) => {
  if (chromiumPath === undefined) throw new Error(noChromium);
  const blobs = new Child(new URL('../servers/blob-process.ts', import.meta.url));
  const traffic = new Child(new URL('../traffic/process.ts', import.meta.url), { args: [queue] });
  const host = new Child(new URL('../hosts/process.ts', import.meta.url));
  const browser = await startChromium(chromiumPath);
  const shares = { closed: [] as number[], open: [] as number[], page: [] as number[] };
  const tasks: number[] = [];
  try {
    const settings: HostSettings = {
      kind: 'standalone',
      env: {
        ServiceBusConnection: await traffic.call<string>('connectionString'),
        LockStorage: connectionString(await blobs.call<BlobAddresses>('addresses')),
        QUEUE_NAME: queue,
        LOCK_CONTAINER: lockContainer,
        PORT: '0',
      },
      receives: true,
      logs: true,
    };
    const address = await host.call<string>('start', settings);
    /** Of one core, while messages come at their pace. */
    const share = async (seconds: number): Promise<number> => {
      const start = performance.now();
      const before = await host.call<number>('cpuUs');
      for (let second = 1; second <= seconds; second += 1) {
        const load: Load = { addresses: [address], inFlight: 8, messages: messagesPerSecond };
        await traffic.call<FlowSummary>('carry', load);
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, start + second * 1000 - performance.now())));
      }
      return ((await host.call<number>('cpuUs')) - before) / 1000 / (performance.now() - start);
    };
    tell('warming up');
    const warmUp: Load = { addresses: [address], inFlight: 16, messages: Math.ceil(10_000 * pace) };
    await traffic.call<FlowSummary>('carry', warmUp);
    for (let round = 0; round < rounds; round += 1) {
      tell(`round ${round + 1} of ${rounds}`);
      const seconds = Math.ceil(15 * pace);
      const closed = await share(seconds);
      const page = await browser.newPage();
      await page.goto(`${address}/`);
      await page.evaluate(watchTasks);
      const before = await shown(page);
      const open = await share(seconds);
      tasks.push(await page.evaluate('window.longestTask'));
      if ((await shown(page)) <= before) throw new Error('The page does not follow what happens.');
      await page.close();
      shares.closed.push(closed * 100);
      shares.open.push(open * 100);
      shares.page.push((open - closed) * 100);
    }
  } finally {
    await browser.close();
    await Promise.all([host, traffic, blobs].map((child) => child.close()));
  }
  return {
    figures: {
      'host with an open page, % of a core': spreadOf(shares.open).median,
      'the open page, % of a core': spreadOf(shares.page).median,
      'longest task in the browser, ms': Math.max(...tasks),
    },
    tables: [
      {
        title: 'The page of operators at 200 changes of locks a second',
        note: 'One standalone host, 100 messages a second, locks on the blob server, one browser. A task of under 50 ms is not told of by the browser, and counts as 0.',
        columns: ['', 'median [lowest, highest]'],
        rows: [
          ['host, nobody looks, % of a core', spreadText(spreadOf(shares.closed))],
          ['host, one page open, % of a core', spreadText(spreadOf(shares.open))],
          ['the page alone, % of a core', spreadText(spreadOf(shares.page))],
          ['longest task in the browser, ms', spreadText(spreadOf(tasks))],
        ],
      },
    ],
  };
};

/** How many messages it shows as completed. */
const shown = async (page: Page): Promise<number> => Number(await page.locator('#proof dd').first().textContent());

/** In the browser. Source: W3C Long Tasks, section 2: a task of 50 ms or more. */
const watchTasks = `
window.longestTask = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) window.longestTask = Math.max(window.longestTask, duration);
}).observe({ type: 'longtask' });
`;
