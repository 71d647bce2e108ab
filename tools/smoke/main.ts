// Shows that an app does what it promises, by its HTTP API alone: npm run smoke -- [options]
import { parseArgs } from 'node:util';
import { SmokeError, smoke } from './smoke.ts';
import { type Target, targetOfAzd, targetOfUrl, UsageError } from './target.ts';

const usage = `npm run smoke -- [options]
  Sends a message, waits until its work is completed, sends it again, and looks that its work was not done twice.

  (no option)          the host of "npm start", http://127.0.0.1:7071
  --url <address>      another host; its function key, if it asks for one, in the variable FUNCTION_KEY
  --azd                the app that azd deployed from this folder; the key from FUNCTION_KEY, or from the Azure CLI
  --environment <name> another azd environment than the default
  --content <json>     what is sent, for a handler of your own
  --timeout <seconds>  when to give up, 120 by default
  --help               this text`;

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError || error instanceof SmokeError)) throw error;
  console.error(error instanceof UsageError ? `${error.message}\n\n${usage}` : `FAILED: ${error.message}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function run(args: string[]): Promise<number> {
  const options = optionsFrom(args);
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const content = options.content ?? '{"smoke":true}';
  const limitMs = Number(options.timeout ?? 120) * 1000;
  if (!(limitMs > 0 && limitMs <= 86_400_000)) {
    throw new UsageError(`--timeout is "${options.timeout}", but must be a number of seconds.`);
  }
  const target = targetOf(options);
  console.log(`Smoke test of ${target.origin}`);
  const startedAt = performance.now();
  const say = (step: string, what: string) => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`${seconds.padStart(6)} s  ${step.padEnd(9)} ${what}`);
  };
  await smoke({ ...target, content, limitMs, say });
  console.log('Passed.');
  return 0;
}

function targetOf({ azd, environment, url }: ReturnType<typeof optionsFrom>): Target {
  if (azd && url !== undefined) throw new UsageError('--azd and --url are two targets. Give one.');
  if (azd || environment !== undefined) return targetOfAzd(process.cwd(), environment, process.env);
  return targetOfUrl(url ?? 'http://127.0.0.1:7071', process.env);
}

function optionsFrom(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        azd: { type: 'boolean' },
        environment: { type: 'string', short: 'e' },
        url: { type: 'string' },
        content: { type: 'string' },
        timeout: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
