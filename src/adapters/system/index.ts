/** This machine's clock, random names, and the hash that fingerprints and long lock names are made with. */

export { fingerprintOf } from './fingerprint-of.ts';
export { RandomIds } from './random-ids.ts';
export { sha256Hex } from './sha256.ts';
export { SystemClock } from './system-clock.ts';
