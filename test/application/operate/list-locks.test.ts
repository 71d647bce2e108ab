import { expect, it } from 'vitest';
import { ListLocks, type LockFilter } from '../../../src/application/operate/list-locks.ts';
import type { LockRecord } from '../../../src/domain/lock-record.ts';
import { seconds } from '../../../src/domain/time.ts';
import { heldBy, lockOf, messageId } from '../../support/lock-records.ts';
import { World } from '../../support/message-run.ts';
import { written } from '../../support/written.ts';

/** Three locks of different ages, owners and states. */
async function threeLocks() {
  const world = new World();
  const put = async (id: string, owner: string, changes: Partial<LockRecord> = {}) =>
    written(await world.locks.put(lockOf(id), heldBy(owner, { messageId: messageId(id), ...changes }), 'absent'));
  await put('order-1', 'owner-a', { state: 'completed' });
  await world.advance(seconds(60));
  await put('order-2', 'operator:ann:1', { state: 'released' });
  await world.advance(seconds(60));
  await put('bill-3', 'owner-a');
  return new ListLocks(world.locks, 'queue');
}

it.each<[string, LockFilter, readonly string[]]>([
  ['without a filter', {}, ['bill-3', 'order-1', 'order-2']],
  ['by state', { states: new Set(['completed', 'held']) }, ['bill-3', 'order-1']],
  ['by age', { olderThanMs: seconds(60) }, ['order-1']],
  ['by the start of the ID', { prefix: 'order-' }, ['order-1', 'order-2']],
  ['by the start of the owner', { owner: 'operator:' }, ['order-2']],
  ['by all of it', { states: new Set(['held']), prefix: 'order-' }, []],
])('Locks are listed %s', async (_, filter, ids) => {
  const locks = await threeLocks();
  const found: string[] = [];
  let listed = 0;
  for await (const page of locks.run(filter)) {
    listed += page.listed;
    found.push(...page.locks.map((lock) => lock.messageId));
  }
  expect(found).toEqual(ids);
  expect(listed).toBe(3);
});
