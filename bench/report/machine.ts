import { cpus, loadavg, totalmem } from 'node:os';

/** How many processes wanted a core in the last minute. Others than the bench's spoil what is measured in wall time. */
const load = (): number => loadavg()[0] ?? Number.NaN;

/** When and on what was measured, and how: figures of another machine cannot be compared with these, ratios can. */
export function machineText(program: string, args: readonly string[]): string {
  const cores = cpus();
  const gibibytes = (totalmem() / 2 ** 30).toFixed(0);
  const command = [program, ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
  const time = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const machine = `${cores.length} cores, ${gibibytes} GiB, ${process.platform} ${process.arch}, Node ${process.version}`;
  return `\`${command}\`, ${time} UTC, on ${machine}. The machine's load before it was ${load().toFixed(1)}.`;
}

/** A warning if others keep the machine busy. */
export function busyMachineText(): string | undefined {
  if (load() < cpus().length / 2) return undefined;
  return 'Other work keeps this machine busy. Requests and ratios of CPU will hold; latency and messages/s will not.';
}
