import { describe, expect, it } from 'vitest';
import {
  ActiveLockError,
  DeadlineError,
  DeliveryError,
  LockLostError,
  LockUndecidedError,
  MessageFailedError,
  MessageMismatchError,
  ShutdownError,
  WorkNotSettledError,
} from '../../src/domain/errors.ts';
import { lockName } from '../../src/domain/lock-name.ts';
import type { MessageId } from '../../src/domain/message-id.ts';
import { storeTime } from '../../src/domain/time.ts';

const id = 'dbce9dc2685c4997acb05f2067ed29a3' as MessageId;
const message = { id };
const until = storeTime(Date.UTC(2024, 1, 19, 0, 24, 41, 314));
const lockOf = (messageId: MessageId) => lockName({ scope: 'messages', id: messageId }, () => 'digest');

describe('ActiveLockError', () => {
  it('names the message, its lock without the folder, and the end of the ttl in UTC', () =>
    expect(new ActiveLockError(message, lockOf(id), until).message).toBe(
      'The message ID dbce9dc2685c4997acb05f2067ed29a3 has an active lock lock-dbce9dc2685c4997acb05f2067ed29a3.lock until 2024-02-19 00:24:41.314000',
    ));

  it('names the message as it is and the lock as it is stored', () => {
    const escaped = 'orders/7' as MessageId;
    expect(new ActiveLockError({ id: escaped }, lockOf(escaped), until).message).toContain(
      'The message ID orders/7 has an active lock lock-orders~2F7.lock until',
    );
  });
});

describe('An event of another producer', () => {
  it('is named by its source too, since its ID alone is not unique', () => {
    const event = { id: '1' as MessageId, source: '/shop-a' };
    const lock = lockName({ scope: 'messages', ...event }, () => 'digest');
    expect(new ActiveLockError(event, lock, until).message).toBe(
      'The message ID 1 of source /shop-a has an active lock lock-~2Fshop-a~~1.lock until 2024-02-19 00:24:41.314000',
    );
    expect(new MessageMismatchError(event).message).toContain('The message ID 1 of source /shop-a belongs to');
  });
});

describe('MessageFailedError', () => {
  it('tells the error of the attempt that failed for good', () =>
    expect(new MessageFailedError(message, 'CardRefused: no funds').message).toBe(
      'The message ID dbce9dc2685c4997acb05f2067ed29a3 failed for good: CardRefused: no funds',
    ));

  it('keeps what the handler threw, if that was in this delivery', () => {
    const cause = new Error('no funds');
    expect(new MessageFailedError(message, 'CardRefused: no funds', cause).cause).toBe(cause);
  });

  it('says so if no error was recorded', () =>
    expect(new MessageFailedError(message, null).message).toBe(
      'The message ID dbce9dc2685c4997acb05f2067ed29a3 failed for good: no error was recorded',
    ));
});

describe('MessageMismatchError', () => {
  it('says that nothing was done, and what to do', () =>
    expect(new MessageMismatchError(message).message).toBe(
      'The message ID dbce9dc2685c4997acb05f2067ed29a3 belongs to a message with other content. This one was not processed: send it again under an ID of its own.',
    ));
});

describe('LockUndecidedError', () => {
  it('keeps the last thing that the store said', () => {
    const cause = new Error('socket hang up');
    const error = new LockUndecidedError(message, cause);
    expect(error.cause).toBe(cause);
    expect(error.message).toBe(
      'What became of a write to the lock of message ID dbce9dc2685c4997acb05f2067ed29a3 could not be learnt in time.',
    );
  });
});

describe('LockLostError', () => {
  it.each(['to another execution', 'since it could not be renewed in time'] as const)('says how: %s', (how) =>
    expect(new LockLostError(message, how).message).toBe(
      `The lock of message ID dbce9dc2685c4997acb05f2067ed29a3 was lost ${how}.`,
    ),
  );
});

describe('DeadlineError', () => {
  it('says how long the work had, in seconds', () =>
    expect(new DeadlineError(message, 270_500).message).toBe(
      'The work of message ID dbce9dc2685c4997acb05f2067ed29a3 did not finish within 270.5 s.',
    ));
});

describe('ShutdownError', () => {
  it('says that the host is the reason', () =>
    expect(new ShutdownError(message).message).toBe(
      'The host stopped before message ID dbce9dc2685c4997acb05f2067ed29a3 was done.',
    ));
});

describe('WorkNotSettledError', () => {
  it('says what becomes of the lock, and keeps why the work was told to end', () => {
    const cause = new ShutdownError(message);
    const error = new WorkNotSettledError(message, cause);
    expect(error.cause).toBe(cause);
    expect(error.message).toBe(
      'The handler of message ID dbce9dc2685c4997acb05f2067ed29a3 did not end when it was told to. Its lock is left to expire.',
    );
  });
});

describe('DeliveryError', () => {
  it.each([
    [new ActiveLockError(message, lockOf(id), until), 'ActiveLockError'],
    [new LockUndecidedError(message, undefined), 'LockUndecidedError'],
    [new LockLostError(message, 'to another execution'), 'LockLostError'],
    [new DeadlineError(message, 270_000), 'DeadlineError'],
    [new ShutdownError(message), 'ShutdownError'],
    [new WorkNotSettledError(message, undefined), 'WorkNotSettledError'],
  ])('is delivered again if another delivery can end better: %s', (error, name) => {
    expect(error).toBeInstanceOf(DeliveryError);
    expect(error).toMatchObject({ name, isFinal: false });
  });

  it.each([
    [new MessageMismatchError(message), 'MessageMismatchError'],
    [new MessageFailedError(message, null), 'MessageFailedError'],
  ])('is final if every delivery ends alike: %s', (error, name) => {
    expect(error).toBeInstanceOf(DeliveryError);
    expect(error).toMatchObject({ name, isFinal: true });
  });
});
