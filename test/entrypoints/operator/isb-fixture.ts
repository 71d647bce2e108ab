import { PassThrough } from 'node:stream';
import { ServiceBusClient } from '@azure/service-bus';
import type { Clock, QueueOptions } from 'service-bus-emulator';
import { expect, onTestFinished } from 'vitest';
import type { IdOf } from '../../../src/application/content/id-of.ts';
import type { MessageHandler } from '../../../src/application/ports/message-handler.ts';
import { readConfig } from '../../../src/entrypoints/composition/config.ts';
import { runIsb } from '../../../src/entrypoints/operator/run-isb.ts';
import { startStandaloneHost } from '../../../src/entrypoints/standalone/standalone-host.ts';
import { paced } from '../../support/machine-speed.ts';
import { newLog, startEngines } from '../standalone/standalone-fixture.ts';

export interface IsbRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The lines of the standard output as JSON. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Engines with a queue, hosts that can be started on them, and an operator. */
export async function startIncident(
  queueOptions: Omit<QueueOptions, 'name'> = {},
  more: Record<string, string> = {},
  clock?: Clock,
) {
  const engines = await startEngines({ maxDeliveryCount: 10, ...queueOptions }, clock);
  // Retries at once, so that ten attempts are over soon. But then a lock that could not be released in time uses up all deliveries:
  // its requests have a fifteenth of its ttl, which is more than a busy machine keeps them waiting.
  const lockTtl = `PT${Math.ceil(paced(20))}S`;
  const settings = { ...engines.settings, ACTIVE_LOCK_WAIT: 'PT0S', LOCK_TTL: lockTtl, MAX_ATTEMPTS: '30', ...more };

  /** An operator's requests may take longer: how long locks last is in the locks. */
  const patient = { ...settings, LOCK_TTL: 'PT60S' };

  /** What an operator types, without a terminal. */
  const isb = (...args: string[]): Promise<IsbRun> => isbWith(patient, args);

  const client = new ServiceBusClient(engines.emulator.connectionString);
  onTestFinished(() => client.close());
  /** Another consumer, which gives the first message back until the broker dead-letters it. */
  const wearOut = async () => {
    const receiver = client.createReceiver(engines.queue);
    for (let delivery = 0; delivery < 10; delivery += 1) {
      for (const message of await receiver.receiveMessages(1)) await receiver.abandonMessage(message);
    }
    await receiver.close();
  };
  /** Somebody dead-letters the first message, for this reason. */
  const deadLetter = async (deadLetterReason: string) => {
    const receiver = client.createReceiver(engines.queue);
    for (const message of await receiver.receiveMessages(1)) {
      await receiver.deadLetterMessage(message, { deadLetterReason, deadLetterErrorDescription: 'a test' });
    }
    await receiver.close();
  };
  const host = async (handler: MessageHandler, idOf?: IdOf) => {
    const naming = idOf === undefined ? {} : { idOf };
    const started = await startStandaloneHost(readConfig(settings), newLog().log, { handler, ...naming });
    onTestFinished(() => started.stop());
    return started;
  };
  const lockState = async (id: string) => (await isb('locks', 'show', id, '--json')).rows[0]?.['state'];
  const snapshot = () => engines.emulator.inspect(engines.queue);
  const untilDead = (count: number) => expect.poll(() => snapshot()?.deadLettered.length).toBe(count);
  const untilState = (id: string, state: string) => expect.poll(() => lockState(id)).toBe(state);
  /** What `dead list` says: each message ID with its verdict and what to do. */
  const verdicts = async (...options: string[]) => {
    const { rows } = await isb('dead', 'list', '--json', ...options);
    return rows.map(({ messageId, verdict, act }) => [messageId, verdict, act]);
  };
  return {
    ...engines,
    settings,
    patient,
    client,
    isb,
    wearOut,
    deadLetter,
    host,
    untilDead,
    untilState,
    verdicts,
    snapshot,
  };
}

/** One run of isb: without a terminal, or on one where somebody types `answer`. `onText` gets what is on a stream so far. */
export async function isbWith(
  env: Readonly<Record<string, string>>,
  args: readonly string[],
  { answer, onText }: { readonly answer?: string; readonly onText?: (text: string) => void } = {},
): Promise<IsbRun> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const isTTY = answer !== undefined;
  if (isTTY) stdin.write(`${answer}\n`);
  const { signal } = new AbortController();
  const texts = [textOf(stdout, onText), textOf(stderr, onText)];
  const code = await runIsb({
    args,
    env,
    stdin: Object.assign(stdin, { isTTY }),
    stdout,
    stderr: Object.assign(stderr, { isTTY }),
    signal,
  });
  stdout.end();
  stderr.end();
  const [out = '', err = ''] = await Promise.all(texts);
  const rows = args.includes('--json')
    ? out
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];
  return { code, out, err, rows };
}

async function textOf(stream: PassThrough, onText: (text: string) => void = () => undefined): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += chunk;
    onText(text);
  }
  return text;
}
