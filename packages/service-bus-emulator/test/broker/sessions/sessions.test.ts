import { describe, expect, it } from 'vitest';
import { Queue } from '../../../src/broker/queue.ts';
import type { QueueOptions } from '../../../src/broker/queue-options.ts';
import { ManualClock } from '../../manual-clock.ts';
import { content, receiveFrom, tokenOf } from '../messages.ts';
import { SessionReceiver, sessionsOf } from './session-receiver.ts';

const complete = { kind: 'complete' } as const;
const abandon = { kind: 'abandon', properties: {} } as const;
const defer = { kind: 'defer', properties: {} } as const;

function emptyQueue(options: Partial<QueueOptions> = {}) {
  const clock = new ManualClock();
  const queue = new Queue({ name: 'orders', lockDurationMs: 1_000, requiresSession: true, ...options }, clock);
  const sessions = sessionsOf(queue);
  return {
    clock,
    queue,
    sessions,
    receiver: () => new SessionReceiver(queue),
    send: (...texts: readonly string[]) => {
      for (const text of texts) queue.send(content(text, { sessionId: text.slice(0, 1) }));
    },
  };
}

const idOf = (message: { content: { messageId: string } } | undefined) => message?.content.messageId;

describe('a session', () => {
  it('has one owner, who gets its messages alone and in order', () => {
    const { queue, send, receiver } = emptyQueue();
    send('a1', 'b1', 'a2');
    const [first, second] = [receiver(), receiver()];
    expect([first.accept('a'), second.accept('a'), second.accept('b')]).toEqual([true, false, true]);
    expect([first.receive(), second.receive(), first.receive(), first.receive()].map(idOf)).toEqual([
      'a1',
      'b1',
      'a2',
      undefined,
    ]);
    expect(receiveFrom(queue)).toBeUndefined();
  });

  it('delivers a message that is given back before those behind it', () => {
    const { queue, send, receiver } = emptyQueue();
    send('a1', 'a2');
    const owner = receiver();
    owner.accept('a');
    queue.settle(tokenOf(owner.receive()), abandon);
    expect(owner.receive()).toMatchObject({ content: { messageId: 'a1' }, deliveryCount: 1 });
  });

  it('can be had before there is a message in it', () => {
    const { send, receiver } = emptyQueue();
    const owner = receiver();
    expect(owner.accept('a')).toBe(true);
    expect(owner.receive()).toBeUndefined();
    send('a1');
    expect(idOf(owner.receive())).toBe('a1');
  });

  it('that is given back counts no delivery, and is free at once', () => {
    const { queue, send, receiver } = emptyQueue();
    send('a1');
    const [first, second] = [receiver(), receiver()];
    first.accept('a');
    const token = tokenOf(first.receive());
    first.leave();
    expect(queue.settle(token, complete)).toBe('lock-lost');
    expect(second.accept('a')).toBe(true);
    expect(second.receive()).toMatchObject({ deliveryCount: 0 });
  });

  it('whose time is over counts the deliveries of what was locked, tells its owner, and is free', () => {
    const { queue, clock, send, receiver } = emptyQueue();
    send('a1', 'a2');
    const [first, second] = [receiver(), receiver()];
    first.accept('a');
    const token = tokenOf(first.receive());
    clock.advance(999);
    expect([second.accept('a'), first.hasLostLock]).toEqual([false, false]);
    clock.advance(1);
    expect(first.hasLostLock).toBe(true);
    expect(queue.settle(token, complete)).toBe('lock-lost');
    expect(second.accept('a')).toBe(true);
    const counts = [second.receive(), second.receive()].map((message) => message?.deliveryCount);
    expect(counts).toEqual([1, 0]);
  });

  it('ends at the very end of its lock, whether or not a timer has run', () => {
    const { queue, clock, send, receiver, sessions } = emptyQueue();
    send('a1');
    const owner = receiver();
    owner.accept('a');
    const token = tokenOf(owner.receive());
    const end = clock.now() + 1_000;
    clock.now = () => end;
    expect(queue.settle(token, complete)).toBe('lock-lost');
    expect(sessions.heldBy(owner, 'a')).toBeUndefined();
  });

  it('lasts as long as its lock is renewed, and with it the locks on its messages', () => {
    const { queue, clock, send, receiver, sessions } = emptyQueue();
    send('a1');
    const owner = receiver();
    owner.accept('a');
    const message = owner.receive();
    clock.advance(600);
    const until = sessions.renew(owner.session ?? expect.fail('It has no session'));
    expect([until, message?.lock?.until]).toEqual([clock.now() + 1_000, clock.now() + 1_000]);
    clock.advance(999);
    expect(queue.inspect().locked).toHaveLength(1);
    expect(queue.settle(tokenOf(message), complete)).toBe('settled');
    clock.advance(1);
    expect(owner.hasLostLock).toBe(true);
  });

  it('locks a message no longer than itself, however late it is delivered', () => {
    const { clock, send, receiver } = emptyQueue();
    const owner = receiver();
    owner.accept('a');
    const until = clock.now() + 1_000;
    clock.advance(700);
    send('a1');
    expect(owner.receive()?.lock?.until).toBe(until);
  });

  it('is acted upon by its holder only', () => {
    const { receiver, sessions } = emptyQueue();
    const [owner, other] = [receiver(), receiver()];
    owner.accept('a');
    expect(sessions.heldBy(owner, 'a')).toBe(owner.session);
    expect(sessions.heldBy(other, 'a')).toBeUndefined();
    expect(sessions.heldBy(owner, 'b')).toBeUndefined();
  });

  it('dead-letters one message and goes on with the next', () => {
    const { queue, send, receiver } = emptyQueue({ maxDeliveryCount: 1 });
    send('a1', 'a2', 'a3');
    const owner = receiver();
    owner.accept('a');
    const cause = { kind: 'deadLetter', reason: 'Bad', description: undefined, properties: {} } as const;
    queue.settle(tokenOf(owner.receive()), cause);
    queue.settle(tokenOf(owner.receive()), abandon);
    expect(idOf(owner.receive())).toBe('a3');
    expect(queue.inspect().deadLettered).toMatchObject([
      { messageId: 'a1', deadLetterReason: 'Bad' },
      { messageId: 'a2', deadLetterReason: 'MaxDeliveryCountExceeded' },
    ]);
    const dead = receiveFrom(queue.deadLetterQueue ?? queue);
    expect(dead?.content.sessionId).toBe('a');
  });

  it('keeps messages that are deferred for its owner, and back when the session is given back', () => {
    const { queue, send, receiver } = emptyQueue();
    send('a1', 'a2');
    const owner = receiver();
    owner.accept('a');
    const message = owner.receive();
    const numbers = [message?.sequenceNumber ?? 0];
    queue.settle(tokenOf(message), defer);
    expect(idOf(owner.receive())).toBe('a2');
    expect(queue.receiveDeferred(numbers, 'peekLock', 'b')).toBeUndefined();
    expect(queue.receiveDeferred(numbers, 'peekLock', 'a')).toMatchObject([{ lock: { until: expect.any(Number) } }]);
    owner.leave();
    expect(queue.inspect()).toMatchObject({ deferred: [{ deliveryCount: 1 }], active: [{ messageId: 'a2' }] });
    expect(queue.receiveDeferred(numbers, 'peekLock', 'a')).toBeUndefined();
  });

  it('gets a scheduled message at its time, behind what was sent before', () => {
    const { queue, clock, send, receiver } = emptyQueue();
    queue.send(content('a-later', { sessionId: 'a', scheduledEnqueueTime: clock.now() + 300 }));
    send('a1');
    const owner = receiver();
    owner.accept('a');
    expect([owner.receive(), owner.receive()].map(idOf)).toEqual(['a1', undefined]);
    clock.advance(300);
    expect(idOf(owner.receive())).toBe('a-later');
  });

  it('has a state, which stays until it is cleared', () => {
    const { queue, clock, send, receiver, sessions } = emptyQueue();
    send('a1');
    const owner = receiver();
    owner.accept('a');
    const before = clock.now() - 1;
    sessions.setState(owner.session ?? expect.fail('It has no session'), Buffer.from('half'));
    queue.settle(tokenOf(owner.receive()), complete);
    owner.leave();
    expect([sessions.withStateSetAfter(before), sessions.withStateSetAfter(clock.now())]).toEqual([['a'], []]);
    owner.accept('a');
    expect(owner.session?.state?.toString()).toBe('half');
    sessions.setState(owner.session ?? expect.fail('It has no session'), undefined);
    owner.leave();
    expect(sessions.withStateSetAfter(before)).toEqual([]);
  });

  it('is shown by its messages, in order, from a number on', () => {
    const { queue, send, receiver } = emptyQueue();
    send('a1', 'b1', 'a2', 'a3');
    const owner = receiver();
    owner.accept('a');
    owner.receive();
    const peeked = (from: number, id: string) => Array.from(queue.peek(from, id), idOf);
    expect([peeked(0, 'a'), peeked(3, 'a'), peeked(0, 'c')]).toEqual([['a1', 'a2', 'a3'], ['a2', 'a3'], []]);
  });
});

describe('the next session', () => {
  it('is the one that could be had longest, of those with messages that nobody has', () => {
    const { queue, send, receiver } = emptyQueue();
    send('b1', 'a1', 'b2', 'c1');
    const [first, second, third] = [receiver(), receiver(), receiver()];
    third.accept('a');
    first.acceptNext();
    second.acceptNext();
    expect([first.session?.id, second.session?.id]).toEqual(['b', 'c']);
    queue.settle(tokenOf(first.receive()), complete);
    for (const each of [first, third]) each.leave();
    const again = [receiver(), receiver()];
    for (const each of again) each.acceptNext();
    expect(again.map(({ session }) => session?.id)).toEqual(['b', 'a']);
  });

  it('comes to those who wait, in turn, as soon as there is one', () => {
    const { queue, clock, send, receiver } = emptyQueue();
    const [first, second, third] = [receiver(), receiver(), receiver()];
    for (const each of [first, second, third]) each.acceptNext();
    send('a1', 'a2');
    expect([first.session?.id, second.session?.id]).toEqual(['a', undefined]);
    queue.send(content('b1', { sessionId: 'b', scheduledEnqueueTime: clock.now() + 100 }));
    clock.advance(100);
    expect([second.session?.id, third.session?.id]).toEqual(['b', undefined]);
    queue.settle(tokenOf(first.receive()), complete);
    first.leave();
    expect(third.session?.id).toBe('a');
  });

  it('is waited for as long as the client says', () => {
    const { clock, send, receiver } = emptyQueue();
    const [patient, hasty] = [receiver(), receiver()];
    hasty.acceptNext(300);
    patient.acceptNext(500);
    clock.advance(299);
    expect([hasty.hasWaitedInVain, patient.hasWaitedInVain]).toEqual([false, false]);
    clock.advance(1);
    expect([hasty.hasWaitedInVain, patient.hasWaitedInVain]).toEqual([true, false]);
    send('a1');
    expect([hasty.session, patient.session?.id]).toEqual([undefined, 'a']);
  });

  it('does not come to one who has gone', () => {
    const { clock, send, receiver } = emptyQueue();
    const [gone, here] = [receiver(), receiver()];
    gone.acceptNext();
    here.acceptNext();
    gone.leave();
    send('a1');
    expect([gone.session, here.session?.id]).toEqual([undefined, 'a']);
    clock.advance(1_000);
    expect([here.hasLostLock, clock.pending]).toEqual([true, 0]);
  });

  it('is found without looking at those that have nothing to offer', () => {
    const { queue, send, receiver, sessions } = emptyQueue();
    send('a1', 'b1');
    const owner = receiver();
    owner.accept('a');
    queue.settle(tokenOf(owner.receive()), defer);
    owner.leave();
    expect(sessions.withMessages()).toEqual(['b']);
    const next = receiver();
    next.acceptNext();
    expect(next.session?.id).toBe('b');
  });
});

describe('a message without a session ID', () => {
  it('that comes from another entity is dead-lettered by a queue with sessions', () => {
    const { queue } = emptyQueue();
    queue.send(content('lost'));
    expect(queue.inspect()).toMatchObject({
      active: [],
      deadLettered: [{ messageId: 'lost', deadLetterReason: 'Session ID is null.' }],
    });
  });
});
