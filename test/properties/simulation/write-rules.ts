import type { StoredLock } from '../../../src/application/ports/lock-store.ts';
import { tokenOf } from '../../../src/domain/lock-record.ts';
import { isSamePhysicalMessage } from '../../../src/domain/physical-message.ts';
import { graceOf } from '../../../src/domain/ttl.ts';
import type { Life } from './life.ts';

/** What is wrong with a write by which a lock gets another owner. `now` is the store's time, which is right here. */
export function* judgeAcquisition(previous: StoredLock | undefined, written: StoredLock, now: number) {
  const { owner, state, attempt, physical } = written.record;
  if (state !== 'held') yield `${owner} makes a lock ${state} that is not its own`;
  if (previous === undefined) return;
  const { record: before, writtenAt } = previous;
  const from = `${owner} takes over from ${before.owner}`;
  // As the store shows it at the time of the write, which is no earlier than that of the look that decided.
  const ageMs = Math.floor(now / 1000) * 1000 - writtenAt;
  switch (before.state) {
    case 'completed':
      yield `${from}, which completed the work`;
      break;
    case 'held':
      if (ageMs <= before.ttlMs + graceOf(before.ttlMs)) yield `${from}, which wrote ${ageMs} ms ago`;
      break;
    case 'released':
      if (now - writtenAt < before.retryAfterMs) yield `${from} before the retry is due`;
      break;
    case 'failed':
      if (isSamePhysicalMessage(before.physical, physical)) yield `${from}, though this message failed for good`;
      break;
  }
  if (before.state !== 'failed') {
    if (attempt !== before.attempt + 1) yield `${owner} counts attempt ${attempt} after ${before.attempt}`;
    if (written.record.fingerprint !== before.fingerprint) yield `${from}, with other content`;
  }
  if (tokenOf(written) <= tokenOf(previous)) yield `${from} without a greater token`;
  yield* judgeSteps(previous, written);
}

/** What is wrong with a further write of a lock's owner. */
export function* judgeWriteOfOwner(previous: StoredLock, written: StoredLock, life: Life) {
  const { record: before } = previous;
  const { record } = written;
  const { owner, state } = record;
  if (before.state !== 'held' && before.state !== state) yield `${owner} makes a lock ${state} that is ${before.state}`;
  if (tokenOf(written) !== tokenOf(previous)) yield `${owner} changes its token`;
  if (state !== 'held' && life.isWorking(owner)) yield `${owner} makes its lock ${state} while its handler works`;
  if (state === 'completed' && !life.hasReturned(owner)) yield `${owner} completes what its handler did not`;
  if (state === 'completed' && record.result !== JSON.stringify(owner))
    yield `${owner} loses what its handler returned`;
  if (state === 'failed' && record.lastError === null) yield `${owner} fails the message without a reason`;
  yield* judgeSteps(previous, written);
}

function* judgeSteps(previous: StoredLock, { record }: StoredLock) {
  for (const [position, { name, status, result }] of previous.record.steps.entries()) {
    const step = record.steps[position];
    if (status === 'finished' && (step?.status !== 'finished' || step.name !== name || step.result !== result)) {
      yield `${record.owner} loses the finished step ${name}`;
    }
  }
}
