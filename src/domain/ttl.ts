import { type DurationMs, seconds } from './time.ts';

/** Bounds of a stored ttl: outside them a lock would be free at once, or never. */
export const shortestTtl: DurationMs = seconds(1);
export const longestTtl: DurationMs = seconds(15 * 60);

/**
 * What others wait on top of a ttl before they take a held lock over: 5 s, and a sixth of a ttl under 30 s, in whole
 * seconds since the store's times are. It follows from the stored ttl alone, so that no two versions or settings disagree.
 */
export const graceOf = (ttlMs: DurationMs): DurationMs => seconds(Math.min(5, Math.max(1, Math.floor(ttlMs / 6000))));
