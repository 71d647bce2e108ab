import { expect, it } from 'vitest';
import { InspectMessage } from '../../../src/application/operate/inspect-message.ts';
import type { LockRecord } from '../../../src/domain/lock-record.ts';
import { seconds } from '../../../src/domain/time.ts';
import { heldBy, lockOf, messageId } from '../../support/lock-records.ts';
import { World } from '../../support/message-run.ts';
import { written } from '../../support/written.ts';
import { operatorIn } from './operator-fixture.ts';

it.each<[string, Partial<LockRecord>, number, { readonly kind: string; readonly inMs?: number }]>([
  ['whose owner works may be taken over if it writes no more', {}, 1, { kind: 'owner-works', inMs: 34_000 }],
  ['whose owner wrote no more is taken over', {}, 36, { kind: 'delivery-takes-over', inMs: 0 }],
  [
    'that was released is taken over when it is due',
    { state: 'released', retryAfterMs: seconds(4) },
    1,
    { kind: 'delivery-takes-over', inMs: 3000 },
  ],
  [
    'that was released is taken over now, once it is due',
    { state: 'released', retryAfterMs: seconds(4) },
    9,
    { kind: 'delivery-takes-over', inMs: 0 },
  ],
  ['that failed stays as it is', { state: 'failed', lastError: 'x' }, 1, { kind: 'nothing' }],
  ['that is completed is done', { state: 'completed' }, 1, { kind: 'done' }],
])('A message %s', async (_, changes, ageInSeconds, { kind, inMs }) => {
  const world = new World();
  written(await world.locks.put(lockOf('m-1'), heldBy('owner', changes), 'absent'));
  await world.advance(seconds(ageInSeconds));
  const found = await new InspectMessage(operatorIn(world).ports).run({ id: messageId('m-1') });
  const at = (found?.stored.observedAt ?? 0) + (inMs ?? 0);
  expect(found?.next).toEqual({ kind, ...(inMs !== undefined && { at }) });
});

it('A message without a lock is not there', async () => {
  const found = await new InspectMessage(operatorIn(new World()).ports).run({ id: messageId('m-1') });
  expect(found).toBeUndefined();
});

it('Steps that wait for an answer are named', async () => {
  const world = new World();
  const steps = [
    { name: 'a', status: 'finished', result: null },
    { name: 'b', status: 'started', result: null },
  ] as const;
  written(await world.locks.put(lockOf('m-1'), heldBy('owner', { steps }), 'absent'));
  const found = await new InspectMessage(operatorIn(world).ports).run({ id: messageId('m-1') });
  expect(found?.openSteps).toEqual([1]);
});
