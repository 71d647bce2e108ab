import { writeFileSync } from 'node:fs';
import { goals } from './goals.ts';
import { installPeers } from './install-peers.ts';
import { goalTable, Judgement } from './judge.ts';
import { type Options, readOptions, usage } from './options.ts';
import type { PartResult } from './parts/part.ts';
import { type PartName, parts } from './parts/parts.ts';
import { busyMachineText, machineText } from './report/machine.ts';
import { markdown, type Table } from './report/table.ts';

// Measures what was asked for, prints tables, and ends with status 1 if a goal is missed in two of three runs.
const args = process.argv.slice(2);
const say = (text: string): boolean => process.stdout.write(`${text}\n`);
const report: string[] = [];
const show = (table: Table): void => {
  report.push(markdown(table));
  say(`\n${markdown(table)}`);
};

await main().catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 2;
});

async function main(): Promise<void> {
  const options = optionsOrUsage();
  if (options === undefined) return;
  installPeers();
  const machine = machineText('npm run bench', args);
  say(machine);
  const warning = busyMachineText();
  if (warning !== undefined) say(warning);
  const judgements: Judgement[] = [];
  const goalsSoFar = () => markdown(goalTable(judgements, !options.isQuick));
  for (const part of options.only) {
    judgements.push(...(await measureAndJudge(part, options)));
    // After each part: a long run that is broken off leaves what it has. The goals first, which most readers look for.
    const head = `# What a message costs\n\n${machine}\n[README.md](README.md) says how, and what the figures mean.`;
    const texts = [head, ...(warning ? [warning] : []), goalsSoFar(), ...report];
    if (options.out !== undefined) writeFileSync(options.out, `${texts.join('\n\n').trimEnd()}\n`);
  }
  if (judgements.length > 0) say(`\n${goalsSoFar()}`);
  if (options.isQuick) return;
  const missed = judgements.filter(({ verdict }) => verdict !== 'reached');
  for (const { goal } of missed) say(`MISSED: ${goal.id}, ${goal.text}`);
  say(`\n${judgements.length - missed.length} goals reached, ${missed.length} missed`);
  process.exitCode = missed.length > 0 ? 1 : 0;
}

/** Undefined if there is nothing to measure: somebody asked how to, or asked for what there is not. */
function optionsOrUsage(): Options | undefined {
  try {
    const options = readOptions(args);
    if (options !== 'help') return options;
    say(usage);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exitCode = 2;
  }
  return undefined;
}

/** Once; and again while a goal of the part is open, or all runs are wanted, and there are runs left. The tables are those of the first run. */
async function measureAndJudge(part: PartName, options: Options): Promise<readonly Judgement[]> {
  const judgements = goals.filter((goal) => goal.part === part).map((goal) => new Judgement(goal));
  for (let run = 1; run <= options.runs; run += 1) {
    const { tables, figures } = await measure(part, run, options);
    if (run === 1) tables.forEach(show);
    for (const { goal, values } of judgements) values.push(figures[goal.figure] ?? Number.NaN);
    if (!options.makesAllRuns && judgements.every(({ verdict }) => verdict !== 'open')) break;
  }
  return judgements;
}

function measure(part: PartName, run: number, { rounds, isQuick }: Options): Promise<PartResult> {
  const tell = (progress: string) =>
    void process.stderr.write(`${part}${run > 1 ? `, run ${run}` : ''}: ${progress}\n`);
  return parts[part]({ rounds, pace: isQuick ? 0.2 : 1, tell });
}
