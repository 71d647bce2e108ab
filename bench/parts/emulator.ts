import type { FanOut, FanOutLoad } from '../emulator/fan-out.ts';
import type { SessionLoad } from '../emulator/next-session.ts';
import type { Load, Tenth } from '../emulator/process.ts';
import { Child } from '../processes/child.ts';
import { figure } from '../report/table.ts';
import type { Part } from './part.ts';

/** How fast the embedded Service Bus emulator is: the ceiling of whatever is measured through it. */
export const emulator: Part = async ({ pace, tell }) => {
  const messages = pace < 1 ? 4000 : 100_000;
  const rows: (readonly string[])[] = [];
  for (const perSend of [20, 1]) {
    tell(`${messages} messages, ${perSend} a send`);
    const child = new Child(new URL('../emulator/process.ts', import.meta.url));
    try {
      const tenths = await child.call<readonly Tenth[]>('measure', { messages, perSend } satisfies Load);
      const tookMs = tenths.reduce((sum, tenth) => sum + tenth.tookMs, 0);
      const heaps = tenths.map(({ heapBytes }) => heapBytes / 2 ** 20);
      const heap = `${figure(Math.min(...heaps))} to ${figure(Math.max(...heaps))}`;
      rows.push([String(perSend), messages.toLocaleString('en'), figure((messages / tookMs) * 1000), heap]);
    } finally {
      await child.close();
    }
  }
  const sessionRows: (readonly string[])[] = [];
  for (const sessions of [10, 1000]) {
    tell(`the next of ${sessions} sessions`);
    const child = new Child(new URL('../emulator/process.ts', import.meta.url));
    try {
      const load: SessionLoad = { messages, sessions, rounds: pace < 1 ? 50 : 500 };
      sessionRows.push([String(sessions), figure(await child.call<number>('nextSession', load))]);
    } finally {
      await child.close();
    }
  }
  const copies: FanOutLoad = { messages: pace < 1 ? 500 : 5_000, subscriptions: 100 };
  tell(`${copies.messages} messages to ${copies.subscriptions} subscriptions`);
  const child = new Child(new URL('../emulator/process.ts', import.meta.url));
  const spread = await child.call<FanOut>('fanOut', copies).finally(() => child.close());
  return {
    figures: {},
    tables: [
      {
        title: 'The embedded Service Bus emulator',
        note: 'Messages of 512 bytes sent, received and completed at the same time, emulator and SDK in one process. Heap after a garbage collection at each tenth.',
        columns: ['messages a send', 'messages', 'messages/s', 'heap, MiB'],
        rows,
      },
      {
        title: 'The next session',
        note: `Median time in which a client has the next session, with ${messages.toLocaleString('en')} messages in the queue.`,
        columns: ['sessions', 'ms'],
        rows: sessionRows,
      },
      {
        title: 'A topic with 100 subscriptions',
        note: 'Each has a SQL filter of its own, which every message matches; nobody receives. Heap after a garbage collection, the share of the message included.',
        columns: ['messages', 'messages/s', 'bytes a copy'],
        rows: [
          [
            copies.messages.toLocaleString('en'),
            figure((copies.messages / spread.tookMs) * 1000),
            figure(spread.bytesPerCopy),
          ],
        ],
      },
    ],
  };
};
