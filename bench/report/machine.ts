import { cpus, totalmem } from 'node:os';

/** When and on what was measured, and how: figures of another machine cannot be compared with these, ratios can. */
export function machineText(args: readonly string[]): string {
  const cores = cpus();
  const gibibytes = (totalmem() / 2 ** 30).toFixed(0);
  const command = ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
  return `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, ${cores.length} cores, ${gibibytes} GiB, Node ${process.version}, ${process.platform} ${process.arch}. \`${command}\``;
}
