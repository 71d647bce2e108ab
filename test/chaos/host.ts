import { BlobEffectsLog } from '../../src/adapters/azure-blob/blob-effects-log.ts';
import { BlobFencedStore } from '../../src/adapters/azure-blob/blob-fenced-store.ts';
import { blobServiceFromConnectionString } from '../../src/adapters/azure-blob/blob-service.ts';
import { FencedOutError } from '../../src/adapters/handlers/archive.ts';
import { scripted } from '../../src/adapters/handlers/scripted.ts';
import { sha256Hex } from '../../src/adapters/system/sha256.ts';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import type { Log } from '../../src/adapters/telemetry/log.ts';
import { stdoutLog } from '../../src/adapters/telemetry/stdout-log.ts';
import type { HandlerContext, MessageHandler } from '../../src/application/ports/message-handler.ts';
import { lockTimings } from '../../src/application/time/lock-timings.ts';
import { scopedName } from '../../src/domain/lock-name.ts';
import type { WorkKey } from '../../src/domain/work-key.ts';
import { workContainers } from '../../src/entrypoints/composition/work-containers.ts';
import {
  LockLostError,
  PermanentFailure,
  readConfig,
  type Source,
  StepInterrupted,
  startHost,
} from '../../src/entrypoints/standalone/index.ts';

// A host with the scripted work, which leaves its evidence, and around it effects that a resource can refuse: one when an
// attempt begins, so that from then on no former owner's is accepted, and one at the end of every step.
const config = readConfig(process.env);
const { requestTimeoutMs } = lockTimings(config.lockTtlMs);
const storage = blobServiceFromConnectionString(process.env['LockStorage'] ?? '');
const fenced = new BlobFencedStore(storage.getContainerClient(workContainers.archive), { requestTimeoutMs });
const nameOf = (key: WorkKey, before: string, after: string) => scopedName(key, { before, after }, sha256Hex);
const work = scripted({
  effects: new BlobEffectsLog(storage.getContainerClient(workContainers.effects), { requestTimeoutMs }),
  clock: new SystemClock(),
  effectsNameOf: (key) => nameOf(key, 'lock-', '.lock.jsonl'),
});

const handler: MessageHandler = async (message, context) => {
  const name = nameOf(context.workKey, '', '');
  const store = async (what: string) => {
    const content = { bytes: Buffer.from(what), contentType: 'text/plain' };
    if ((await fenced.put(name, content, context)) === 'refused') throw new FencedOutError(name);
  };
  await store('begun');
  const step: HandlerContext['step'] = (stepName, run, options) =>
    context.step(
      stepName,
      async (stepContext) => {
        const result = await run(stepContext);
        await store(stepName);
        return result;
      },
      options,
    );
  try {
    return await work(message, { ...context, step });
  } catch (error) {
    // As work does that heeds nothing: one last effect, though it knows that the lock is another's by now.
    if (error instanceof LockLostError) await store('lost').catch(() => undefined);
    // Nobody can be asked how far it got, and further attempts would tell nothing new.
    if (error instanceof StepInterrupted) throw new PermanentFailure(error.message);
    throw error;
  }
};

const log: Log = (level, message, facts) => {
  // Thousands of messages: what each of them went through is in the store.
  if (level === 'error' || message.startsWith('Ready')) stdoutLog(level, message, facts);
};
try {
  const several = process.env['CHAOS_SOURCES'];
  await (several === undefined ? startHost({ handler, log }) : startHost({ ...sourcesOf(JSON.parse(several)), log }));
} catch (error) {
  log('error', String(error)); // an engine was not to be reached just then
  process.exit(1);
}

/** Two queues, the subscriptions of a topic, and a queue with sessions, all with the same work. */
function sourcesOf({
  second,
  topic,
  session,
  subscriptions,
}: Readonly<Record<string, string>> & { subscriptions: string[] }) {
  const sources: Source[] = [
    ...[config.queueName, second ?? ''].map((queueName) => ({ queueName, handler })),
    { queueName: session ?? '', sessions: true, handler },
    ...subscriptions.map((subscriptionName) => ({ topicName: topic ?? '', subscriptionName, handler })),
  ];
  return { sources, http: { source: config.queueName } };
}
