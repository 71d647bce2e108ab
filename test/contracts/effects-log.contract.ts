import { describe, expect, it } from 'vitest';
import type { EffectsLog } from '../../src/application/ports/effects-log.ts';

/** An EffectsLog, and a look at what it holds. */
export interface EffectsLogUnderTest {
  readonly log: EffectsLog;
  lines(name: string): Promise<readonly string[]>;
}

/** What every EffectsLog promises. Each adapter's test calls this with a factory for one without lines. */
export function describeEffectsLog(adapter: string, emptyLog: () => Promise<EffectsLogUnderTest>): void {
  const name = 'queue/lock-m-1.lock.jsonl';

  describe(`${adapter} as an EffectsLog`, () => {
    it('keeps lines in the order they were appended', async () => {
      const { log, lines } = await emptyLog();
      for (const line of ['one', 'two é 😀', '{"three":3}']) await log.append(name, line);
      expect(await lines(name)).toEqual(['one', 'two é 😀', '{"three":3}']);
    });

    it('appends the same line as often as it is told', async () => {
      const { log, lines } = await emptyLog();
      for (const line of ['same', 'same', 'same']) await log.append(name, line);
      expect(await lines(name)).toEqual(['same', 'same', 'same']);
    });

    it('keeps logs of different names apart', async () => {
      const { log, lines } = await emptyLog();
      await log.append('queue/one', 'one');
      await log.append('queue/other', 'other');
      expect(await lines('queue/one')).toEqual(['one']);
      expect(await lines('queue/other')).toEqual(['other']);
    });

    it('appends each line of many callers at once exactly once', async () => {
      const { log, lines } = await emptyLog();
      const all = Array.from({ length: 10 }, (_, index) => `line ${index}`);
      await Promise.all(all.map((line) => log.append(name, line)));
      expect([...(await lines(name))].sort()).toEqual(all);
    });
  });
}
