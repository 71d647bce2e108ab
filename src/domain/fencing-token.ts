import type { StoreTime } from './time.ts';

/**
 * A number that grows with every acquisition of a message's lock, also across its deletion and re-creation, so that a
 * resource can refuse an owner whose lock was taken over.
 * Source: Martin Kleppmann, "How to do distributed locking" (2016), fencing tokens.
 */
export type FencingToken = number & { readonly kind: 'FencingToken' };

export const fencingToken = (value: number): FencingToken => value as FencingToken;

/** The token of a lock created at `writtenAt`. It needs no counter that a deletion could forget. */
export const tokenOfCreate = (writtenAt: StoreTime): FencingToken => fencingToken(startOfSecond(writtenAt));

/** The token of a takeover: greater than the one before, and not less than that of a create in the same second. */
export const tokenOfTakeover = (previous: FencingToken, observedAt: StoreTime): FencingToken =>
  fencingToken(Math.max(previous + 1, startOfSecond(observedAt)));

/** Header times are cut to whole seconds; cut here too, the token is the same for a store that shows milliseconds. */
const startOfSecond = (time: StoreTime): number => Math.floor(time / 1000) * 1000;
