import { createHash } from 'node:crypto';

/** What the piece of work below takes on a quiet core of the year 2026, in milliseconds. */
const quietMs = 100;

/** Where the first process of a run leaves what it measured for those that it starts. */
const variable = 'SLOWNESS_OF_MACHINE';

/**
 * How much longer work takes on this machine than on a quiet one, as it was when the run began: 1 or more. Busy neighbours
 * count, since it is the time on the wall that is measured. It takes a third of a second on a quiet machine.
 */
export function slownessOfMachine(): number {
  const known = Number(process.env[variable]);
  if (known >= 1) return known;
  const measured = Math.max(1, (timed() + timed() + timed()) / 3 / quietMs);
  process.env[variable] = measured.toFixed(2);
  return measured;
}

/** So many milliseconds of a quiet machine: how long something has to last here that a busy one must not miss. */
export const paced = (ms: number): number => Math.round(ms * slownessOfMachine());

function timed(): number {
  const start = performance.now();
  pieceOfWork();
  return performance.now() - start;
}

/** As tests do: some hashing, some objects, some texts. */
function pieceOfWork(): void {
  let text = 'machine';
  for (let round = 0; round < 36_000; round += 1) {
    const record = { round, text, list: Array.from(text.slice(0, 16)) };
    text = createHash('sha256').update(JSON.stringify(record)).digest('hex');
  }
}
