/** Where the broker takes the time from: the machine's clock, or in tests one that they move themselves. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /**
   * Calls back once, at `time` (milliseconds since the Unix epoch) or as soon after it as it can. It may be early, so the
   * callback looks at the clock. The function returned calls it off.
   */
  callAt(time: number, callback: () => void): () => void;
}

/** The longest delay that `setTimeout` takes; a longer one would end at once. */
const longestTimeoutMs = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  callAt: (time, callback) => {
    const timeout = setTimeout(callback, Math.min(Math.max(time - Date.now(), 0), longestTimeoutMs));
    return () => clearTimeout(timeout);
  },
};
