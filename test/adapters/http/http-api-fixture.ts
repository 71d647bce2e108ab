import { eventInRequest, isEventInHeaders } from '../../../src/adapters/cloud-events/event-in-request.ts';
import { jsonContent } from '../../../src/adapters/cloud-events/json-content.ts';
import { createHttpApi } from '../../../src/adapters/http/http-api.ts';
import type { SubmissionFacts } from '../../../src/adapters/http/submit-endpoint.ts';
import { FaultyLockStore, type LockFaults } from '../../../src/adapters/in-memory/faulty-lock-store.ts';
import { InMemoryLockStore } from '../../../src/adapters/in-memory/in-memory-lock-store.ts';
import {
  InMemoryMessagePublisher,
  type PublishFaults,
} from '../../../src/adapters/in-memory/in-memory-message-publisher.ts';
import { fingerprintOf } from '../../../src/adapters/system/fingerprint-of.ts';
import { RandomIds } from '../../../src/adapters/system/random-ids.ts';
import { sha256Hex } from '../../../src/adapters/system/sha256.ts';
import { SystemClock } from '../../../src/adapters/system/system-clock.ts';
import { AwaitStatusChange } from '../../../src/application/await-status-change.ts';
import { CheckHealth } from '../../../src/application/check-health.ts';
import { GetMessageStatus } from '../../../src/application/get-message-status.ts';
import { SubmissionCheck } from '../../../src/application/submission-check.ts';
import { SubmitMessage } from '../../../src/application/submit-message.ts';
import { lockName } from '../../../src/domain/lock-name.ts';
import { identityOf, type LockRecord } from '../../../src/domain/lock-record.ts';
import type { MessageId } from '../../../src/domain/message-id.ts';
import { type MessageIdentity, type WorkKey, workKey } from '../../../src/domain/work-key.ts';

export const mostBodyBytes = 1024;

const origin = 'http://localhost';

/** What a request body can be. */
type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;

export interface Faults {
  readonly onPublish?: PublishFaults;
  readonly onLock?: LockFaults;
  /** What is thrown when the queue is asked for its health. */
  readonly queueError?: Error;
}

/** The API over the real use cases, with a queue and locks in memory. */
export function startApi({ onPublish, onLock = () => undefined, queueError }: Faults = {}) {
  const publisher = new InMemoryMessagePublisher(onPublish);
  const locks = new InMemoryLockStore();
  const store = new FaultyLockStore(locks, onLock);
  const clock = new SystemClock();
  const consumer = { scope: 'queue', ownSource: '/api/messages' };
  const lockNameOf = (key: WorkKey) => lockName(key, sha256Hex);
  const lockNameOfMessage = (message: MessageIdentity) => lockNameOf(workKey(consumer, message));
  const lockNameOfRecord = (record: LockRecord) => lockNameOfMessage(identityOf(record));
  const errors: unknown[] = [];
  const submissions: SubmissionFacts[] = [];
  const shutdown = new AbortController();
  const getMessageStatus = new GetMessageStatus(store, lockNameOfMessage);
  const reachQueue = () => (queueError ? Promise.reject(queueError) : Promise.resolve());
  const api = createHttpApi({
    jsonContent,
    eventIn: eventInRequest,
    isEventInHeaders,
    submitMessage: new SubmitMessage(
      {
        publisher,
        ids: new RandomIds(),
        clock,
        submissionCheck: new SubmissionCheck({ store, clock, lockNameOf, fingerprintOf }),
      },
      { ...consumer, type: 'test.submitted' },
    ),
    getMessageStatus,
    awaitStatusChange: new AwaitStatusChange(getMessageStatus, clock),
    checkHealth: new CheckHealth(
      [
        { name: 'store', reach: () => store.read(lockNameOfMessage({ id: 'health' as MessageId })) },
        { name: 'queue', reach: reachQueue },
      ],
      clock,
    ),
    mostBodyBytes,
    shutdown: shutdown.signal,
    onError: (error) => errors.push(error),
    onSubmission: (facts) => submissions.push(facts),
  });
  return {
    api,
    /** What `onError` was told of. */
    errors,
    submissions,
    stop: () => shutdown.abort(),
    published: publisher.published,
    post: (body: Body, headers: RequestInit['headers'] = {}, query = '') =>
      api(new Request(`${origin}/api/messages${query}`, { method: 'POST', headers, body, duplex: 'half' })),
    get: (path: string, init: RequestInit = {}) => api(new Request(origin + path, init)),
    send: (method: string, path: string) => api(new Request(origin + path, { method })),
    /** Replaces what is stored under the ID of `record`. */
    replaceLock: async (record: LockRecord) => {
      const name = lockNameOfRecord(record);
      const stored = await locks.read(name);
      if (stored) await locks.put(name, record, { version: stored.version });
    },
    storeLock: (record: LockRecord) => locks.put(lockNameOfRecord(record), record, 'absent'),
    plantLock: (id: MessageId, text: string) => locks.plant(lockNameOfMessage({ id }), text),
  };
}

/** What every problem must be, by RFC 9457, and its members. */
export async function problemIn(response: Response): Promise<Readonly<Record<string, unknown>>> {
  const body = await response.text();
  const problem = JSON.parse(body);
  if (response.headers.get('content-type') !== 'application/problem+json') throw new Error('It is no problem+json.');
  if (problem.status !== response.status) throw new Error(`The problem has status ${problem.status}.`);
  if (body.indexOf('\n') !== body.length - 1) throw new Error('The problem is not one line.');
  return problem;
}
