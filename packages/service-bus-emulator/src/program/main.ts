#!/usr/bin/env node
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readArguments, usage } from './arguments.ts';
import { run } from './run.ts';

const print = (text: string): void => void process.stdout.write(text);
const command = readArguments(process.argv.slice(2));

switch (command.kind) {
  case 'help':
    print(usage);
    break;
  case 'version':
    print(`${JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version}\n`);
    break;
  case 'wrong':
    process.stderr.write(`${command.problems.join('\n')}\n\n${usage}`);
    process.exitCode = 2;
    break;
  case 'run':
    try {
      const emulator = await run(command.options, print);
      await Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal)));
      await emulator.close();
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    }
}
