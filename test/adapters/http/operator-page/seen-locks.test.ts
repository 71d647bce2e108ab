import { describe, expect, it } from 'vitest';
import { SeenLocks } from '../../../../src/adapters/http/operator-page/seen-locks.ts';
import type { ListedLock } from '../../../../src/application/ports/lock-catalog.ts';
import type { LockVersion } from '../../../../src/application/ports/lock-store.ts';
import { ownerId } from '../../../../src/domain/owner.ts';
import { seconds, storeTime } from '../../../../src/domain/time.ts';
import { lockOf, messageId } from '../../../support/lock-records.ts';

const at = (second: number) => storeTime(1_700_000_000_000 + second * 1000);

const listed = (id: string, changes: Partial<ListedLock> = {}): ListedLock => ({
  name: lockOf(id),
  messageId: messageId(id),
  state: 'held',
  owner: 'a',
  version: '"1"' as LockVersion,
  writtenAt: at(0),
  ...changes,
});

const created = (id: string, owner: string, second: number) =>
  ({
    kind: 'created',
    messageId: messageId(id),
    lock: lockOf(id),
    owner: ownerId(owner),
    attempt: 1,
    writtenAt: at(second),
  }) as const;

describe('The locks that are seen', () => {
  it('are those that are listed and those that are told of, the longest at work first', () => {
    const locks = new SeenLocks(seconds(30));
    locks.list([listed('b', { writtenAt: at(5) }), listed('c', { state: 'completed' })]);
    locks.tell(created('a', 'x', 3), at(3));
    expect(locks.in('held').map(({ message }) => message.id)).toEqual(['a', 'b']);
  });

  it('are not set back by a listing that lags behind', () => {
    const locks = new SeenLocks(seconds(30));
    locks.tell(
      {
        ...created('a', 'new', 40),
        kind: 'taken-over',
        cause: 'expired',
        previousOwner: ownerId('old'),
        observedAt: at(40),
      },
      at(40),
    );
    locks.list([listed('a', { owner: 'old', writtenAt: at(1) })]);
    expect(locks.in('held')).toMatchObject([{ owner: 'new', cause: 'taken over: its owner wrote no more' }]);
  });

  it('show the owner of another process that took one over', () => {
    const locks = new SeenLocks(seconds(30));
    locks.list([listed('a')]);
    locks.list([listed('a', { owner: 'b', writtenAt: at(40) })]);
    expect(locks.in('held')).toMatchObject([{ owner: 'b', cause: 'taken over: its owner wrote no more' }]);
  });

  it('are forgotten if a whole pass does not show them, and not before', () => {
    const locks = new SeenLocks(seconds(30));
    locks.list([listed('a'), listed('b')]);
    locks.endPass();
    locks.list([listed('a')]);
    expect(locks.in('held')).toHaveLength(2);
    locks.endPass();
    expect(locks.in('held').map(({ message }) => message.id)).toEqual(['a']);
  });

  it('are as many as are kept, however many there are', () => {
    const locks = new SeenLocks(seconds(30));
    locks.list(Array.from({ length: 5000 }, (_, index) => listed(`m-${index}`)));
    locks.endPass();
    expect([locks.in('held').length, locks.isCut]).toEqual([2000, true]);
  });
});
