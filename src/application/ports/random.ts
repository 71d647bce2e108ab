/** A number from 0 up to, but not including, 1. It spreads waits that would otherwise end together. */
export type Random = () => number;
