import {
  type Claim,
  completed,
  created,
  decide,
  durationMs,
  fingerprint,
  isMessageId,
  type LockContent,
  type ObservedLock,
  ownerId,
  parseMessageId,
  seconds,
  storeTime,
  utcText,
  writeId,
} from 'immutable-service-bus/domain';

// The rules of the lock alone: no store, no clock, nothing to install beside the package. Times are values.
const messageId = parseMessageId('order-1');
if (!isMessageId(messageId)) throw new Error(messageId.problem);

const claim: Claim = {
  messageId,
  fingerprint: fingerprint('jcs1:0'),
  physical: { sequenceNumber: '1', enqueuedTime: '2026-11-22T12:00:00.000Z' },
};
const owner = ownerId('first');
const writtenAt = storeTime(Date.UTC(2026, 10, 22, 12));

const held = created(claim, { owner, host: 'this script', ttlMs: seconds(30) });

/** The lock as a store shows it, so long after it was written. */
const after = (elapsedSeconds: number, content: LockContent): ObservedLock => ({
  record: { ...content, writeId: writeId(owner, 1) },
  writtenAt,
  observedAt: storeTime(writtenAt + durationMs(elapsedSeconds * 1000)),
});

const cases = {
  'no lock': undefined,
  'held, 10 s old': after(10, held),
  'held, 35 s old': after(35, held),
  'held, 36 s old': after(36, held),
  completed: after(40, completed(held, '{"ok":true}')),
};
for (const [what, observed] of Object.entries(cases)) {
  const decision = decide(observed, claim);
  const until = decision.kind === 'reject' ? ` until ${utcText(decision.until)}` : '';
  console.log(`${what}: ${decision.kind}${until}`);
}
