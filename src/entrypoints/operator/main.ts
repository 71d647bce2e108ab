#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { errorText } from '../../application/error-text.ts';

/** Ctrl-C ends what is under way in order. A second one, or 20 s, ends the process as it is, which is safe, too. */
const stopping = new AbortController();
const exitedBySignal = 130;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stopping.signal.aborted) process.exit(exitedBySignal);
    stopping.abort();
    setTimeout(() => process.exit(exitedBySignal), 20_000).unref();
  });
}
// Whoever reads the output has seen enough, as "head" does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const { stdin, stdout, stderr, env } = process;
// A listing's pages are soon garbage, which V8 lets grow to hundreds of megabytes; heaps do not shrink, so this comes first.
if (process.argv[2] === 'locks') {
  for (const flag of ['--optimize-for-size', '--semi-space-growth-factor=1', '--heap-growing-percent=10'])
    setFlagsFromString(flag);
}
try {
  const { runIsb } = await import('./run-isb.ts');
  const code = await runIsb({ args: process.argv.slice(2), stdin, stdout, stderr, env, signal: stopping.signal });
  process.exitCode = stopping.signal.aborted ? exitedBySignal : code;
} catch (error) {
  stderr.write(`This is a fault of isb: ${errorText(error)}\n${(error as Error).stack}\n`);
  process.exitCode = 70;
}
// The SDK can keep a connection that is being closed for a while; what was written is read first.
stdout.write('', () => process.exit());
