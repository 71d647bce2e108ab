import { runUntilSignal } from '../../../src/adapters/system/run-until-signal.ts';
import { durationMs } from '../../../src/domain/time.ts';

// A program whose stop never ends, with a tenth of a second to stop in.
const forEver = setInterval(() => undefined, 1_000_000);
const log = (_level: string, message: string) => void process.stdout.write(`${message}\n`);
await runUntilSignal(log, durationMs(100), async () => {
  log('info', 'started');
  return { stop: () => new Promise<void>(() => forEver.ref()) };
});
