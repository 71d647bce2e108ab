import { describe, expect, it } from 'vitest';
import type { LockVersion } from '../../src/application/ports/lock-store.ts';
import type { MarkerStore } from '../../src/application/ports/marker-store.ts';
import { layoutMarkerName, sweepMarkerName } from '../../src/domain/marker-name.ts';
import { written } from '../support/written.ts';

/** What every MarkerStore promises. Each adapter's test calls this with a factory for an empty one. */
export function describeMarkerStore(adapter: string, empty: () => Promise<MarkerStore>): void {
  describe.each([
    ['sweep', sweepMarkerName],
    ['layout', layoutMarkerName],
  ] as const)(`${adapter} as a MarkerStore, the marker of the %s`, (_, nameOf) => {
    const name = nameOf('queue');

    it('has nothing before it is written, and then what was written, to the letter, with the time', async () => {
      const markers = await empty();
      expect(await markers.read(name)).toBeUndefined();
      const text = '{"until":"Grüße 😀"}\n';
      const { version, writtenAt } = written(await markers.put(name, text, 'absent'));
      const stored = await markers.read(name);
      expect(stored).toMatchObject({ text, version, writtenAt });
      expect(stored?.observedAt).toBeGreaterThanOrEqual(writtenAt);
    });

    it('applies one of two writes that expect the same revision', async () => {
      const markers = await empty();
      const firsts = await Promise.all(['a', 'b'].map((text) => markers.put(name, text, 'absent')));
      expect(firsts.map(({ kind }) => kind).sort()).toEqual(['conflict', 'written']);
      const { version } = (await markers.read(name)) as { version: LockVersion };
      const seconds = await Promise.all(['c', 'd'].map((text) => markers.put(name, text, { version })));
      expect(seconds.map(({ kind }) => kind).sort()).toEqual(['conflict', 'written']);
      expect((await markers.put(name, 'late', { version })).kind).toBe('conflict');
    });

    it('keeps the markers of scopes apart', async () => {
      const markers = await empty();
      written(await markers.put(name, 'queue', 'absent'));
      written(await markers.put(nameOf('Queue/2'), 'queue 2', 'absent'));
      expect((await markers.read(name))?.text).toBe('queue');
    });

    it('refuses a write that expects what is not there', async () => {
      const markers = await empty();
      expect((await markers.put(name, 'text', { version: '"0x1"' as LockVersion })).kind).toBe('conflict');
      expect(await markers.read(name)).toBeUndefined();
    });
  });
}
