import { quantile } from '../report/statistics.ts';

export interface Load {
  /** Messages under way at once. */
  readonly concurrency: number;
  /** No message is begun after that. */
  readonly durationMs: number;
  /** Nor more than so many. */
  readonly most?: number;
}

export interface Measured {
  readonly messages: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly longestMs: number;
  /** User and system time of this process, in microseconds. */
  readonly cpuPerMessageUs: number;
  readonly messagesPerSecond: number;
}

/** Guards messages, new ones or those of `ids` again and again, and says what one cost this process. */
export async function measure(
  guard: (id: string) => Promise<unknown>,
  { concurrency, durationMs, most = Number.POSITIVE_INFINITY }: Load,
  ids: readonly string[] = [],
): Promise<Measured> {
  const prefix = crypto.randomUUID();
  const tookMs: number[] = [];
  let begun = 0;
  const cpu = process.cpuUsage();
  const start = performance.now();
  const end = start + durationMs;
  const loop = async () => {
    for (let sent = performance.now(); sent < end && begun < most; ) {
      const id = ids.length > 0 ? ids[begun % ids.length] : undefined;
      begun += 1;
      await guard(id ?? `${prefix}-${begun}`);
      const done = performance.now();
      tookMs.push(done - sent);
      sent = done;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  const elapsedMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const messages = tookMs.length;
  return {
    messages,
    p50Ms: quantile(tookMs, 0.5),
    p95Ms: quantile(tookMs, 0.95),
    longestMs: quantile(tookMs, 1),
    cpuPerMessageUs: (user + system) / messages,
    messagesPerSecond: (messages / elapsedMs) * 1000,
  };
}
