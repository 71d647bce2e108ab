import { randomInt } from 'node:crypto';
import { table } from './figures.ts';
import { chaosOptions, UsageError } from './options.ts';
import { runChaos } from './run-chaos.ts';

const print = (text: string) => process.stdout.write(`${text}\n`);

// Ctrl-C can come twice, from the terminal and from npm: only the first one counts, and nothing is left behind.
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => interrupted.abort(new Error(`${signal}: ended before the run was over.`)));
}

try {
  const options = chaosOptions(process.argv.slice(2), () => randomInt(2 ** 32));
  const { minutes, seed, processes, messages, producers, layout } = options;
  const again = `npm run chaos -- --minutes ${minutes} --seed ${seed} --processes ${processes} --messages ${messages} --producers ${producers} --layout ${layout}`;
  print(again);
  const { figures, wrongs } = await runChaos(options, { signal: interrupted.signal, tell: print });
  print(`\n${table(figures)}`);
  if (wrongs !== '') {
    print(`\n${wrongs}\n\nThis must not happen. To make the same faults again:\n${again}`);
    process.exitCode = 1;
  }
} catch (thrown) {
  const { aborted, reason } = interrupted.signal;
  const error: unknown = aborted ? reason : thrown;
  const isExpected = aborted || error instanceof UsageError;
  print(error instanceof Error ? String(isExpected ? error.message : error.stack) : String(error));
  process.exitCode = aborted ? 130 : 1;
}
