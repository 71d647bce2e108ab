import { onTestFinished } from 'vitest';
import type { Access } from '../../../../src/adapters/http/operator-page/access.ts';
import { OperatorPage } from '../../../../src/adapters/http/operator-page/page.ts';
import { InMemoryLockStore } from '../../../../src/adapters/in-memory/in-memory-lock-store.ts';
import { RandomIds } from '../../../../src/adapters/system/random-ids.ts';
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts';
import { AnswerStep } from '../../../../src/application/operate/answer-step.ts';
import type { DeadLetterMessage, DeadLetters } from '../../../../src/application/operate/dead-letters.ts';
import { InspectMessage } from '../../../../src/application/operate/inspect-message.ts';
import { JudgeLetters } from '../../../../src/application/operate/judge-letters.ts';
import { ListDeadLetters } from '../../../../src/application/operate/list-dead-letters.ts';
import { ListLocks } from '../../../../src/application/operate/list-locks.ts';
import { Redrive } from '../../../../src/application/operate/redrive/redrive.ts';
import { ReleaseLock } from '../../../../src/application/operate/release-lock.ts';
import type { LockEvent } from '../../../../src/application/ports/lock-events.ts';
import { lockTimings } from '../../../../src/application/time/lock-timings.ts';
import { fingerprint } from '../../../../src/domain/fingerprint.ts';
import type { LockRecord } from '../../../../src/domain/lock-record.ts';
import { identityOf } from '../../../../src/domain/lock-record.ts';
import { type MessageId, parseMessageId } from '../../../../src/domain/message-id.ts';
import { durationMs, seconds, storeTime } from '../../../../src/domain/time.ts';
import { lockOf } from '../../../support/lock-records.ts';

export const here: Access = { kind: 'this-machine', mayAct: true };

/** A page over locks in memory and dead letters in a list, and what a browser asks of it. */
export function startPage({
  access = here,
  base = '',
  isResident = true,
}: {
  access?: Access;
  base?: string;
  isResident?: boolean;
} = {}) {
  const locks = new InMemoryLockStore();
  const dead: DeadLetterMessage[] = [];
  const resent: string[] = [];
  const letters = lettersIn(dead, resent);
  const logged: string[] = [];
  const events: LockEvent[] = [];
  const shutdown = new AbortController();
  onTestFinished(() => shutdown.abort());
  const page = new OperatorPage({
    base,
    access,
    sources: [{ name: 'orders', scope: 'queue', operations }],
    lockTtlMs: seconds(30),
    listEveryMs: durationMs(0),
    isResident,
    shutdown: shutdown.signal,
    log: (_level, sentence) => void logged.push(sentence),
  });
  const told = page.alsoTold({ emit: (event) => void events.push(event) });

  function operations(who: string) {
    const ports = {
      store: locks,
      clock: new SystemClock(),
      events: { emit: (event: LockEvent) => told.emit(event) },
      timings: lockTimings(seconds(30)),
      ids: new RandomIds(),
      lockNameOf: lockOf,
      who,
      host: 'desk/1',
      read: ({ messageId }: DeadLetterMessage['received']) => ({
        identity: { id: parseMessageId(messageId) as MessageId },
        fingerprint: fingerprint('jcs1:0'),
      }),
      storeNow: async () => storeTime(Date.now()),
      retention: { completedRetentionMs: seconds(700_000), abandonedRetentionMs: seconds(700_000) },
    };
    const judge = new JudgeLetters(ports, { catalog: locks, scope: 'queue' });
    return {
      listLocks: new ListLocks(locks, 'queue'),
      inspectMessage: new InspectMessage(ports),
      releaseLock: new ReleaseLock(ports),
      answerStep: new AnswerStep(ports),
      listDeadLetters: new ListDeadLetters(letters, judge),
      redrive: new Redrive({ ...ports, letters, judge }),
      reachesOthers: undefined,
      dropsDuplicates: false,
    };
  }

  const ask = (path: string, init: RequestInit = {}, host = '127.0.0.1:7071') =>
    page.answer(new Request(`http://${host}${path}`, { ...init, headers: { host, ...init.headers }, duplex: 'half' }));
  return {
    page,
    stop: () => shutdown.abort(),
    locks,
    dead,
    resent,
    logged,
    events,
    tell: told.emit,
    ask,
    text: async (path: string) => (await ask(path)).text(),
    /** Sends a form as a browser does from the page itself. */
    post: (
      path: string,
      fields: Record<string, string>,
      headers: Record<string, string> = { 'sec-fetch-site': 'same-origin' },
    ) => ask(path, { method: 'POST', body: new URLSearchParams(fields), headers }),
    store: (record: LockRecord) => locks.put(lockOf(identityOf(record)), record, 'absent'),
    bury: (id: string, reason = 'MaxDeliveryCountExceeded', description = 'delivered ten times') =>
      void dead.push(letter(id, dead.length + 1, reason, description)),
  };
}

const letter = (messageId: string, number: number, reason: string, description: string): DeadLetterMessage => ({
  received: {
    body: Buffer.from('{}'),
    messageId,
    contentType: 'application/json',
    applicationProperties: {},
    deliveryCount: 10,
    sequenceNumber: String(number),
    enqueuedTime: new Date().toISOString(),
    expiresAt: undefined,
  },
  reason,
  description,
  sessionId: undefined,
  notRepeatable: undefined,
});

function lettersIn(dead: DeadLetterMessage[], resent: string[]): DeadLetters {
  return {
    async *pages() {
      if (dead.length > 0) yield [...dead];
    },
    take: async () => {
      const received = new Set<DeadLetterMessage>();
      return {
        receive: async (most) => {
          const next = dead.filter((each) => !received.has(each)).slice(0, most);
          for (const each of next) received.add(each);
          return next;
        },
        isOwnCopy: () => false,
        resend: async (letters) => void resent.push(...letters.map(({ received: { messageId } }) => String(messageId))),
        seen: async () => new Set(),
        remove: async (letters) => {
          for (const each of letters) dead.splice(dead.indexOf(each), 1);
          return [];
        },
        end: async () => undefined,
      };
    },
  };
}
