/** A moment on the store's clock, in milliseconds since the Unix epoch. No other clock can make one. */
export type StoreTime = number & { readonly unit: 'StoreTime' };

/** A length of time in milliseconds. A distinct type, so that seconds or moments cannot pass for it. */
export type DurationMs = number & { readonly unit: 'DurationMs' };

export const storeTime = (value: number): StoreTime => value as StoreTime;
export const durationMs = (value: number): DurationMs => value as DurationMs;
export const seconds = (value: number): DurationMs => durationMs(value * 1000);

/** How old `start` is at `end`. Never negative: header times are cut to whole seconds. */
export const age = (start: StoreTime, end: StoreTime): DurationMs => durationMs(Math.max(0, end - start));

/** What is left of `whole` after `elapsed`. Never negative. */
export const remaining = (whole: DurationMs, elapsed: DurationMs): DurationMs =>
  durationMs(Math.max(0, whole - elapsed));

export const after = (start: StoreTime, wait: DurationMs): StoreTime => storeTime(start + wait);
