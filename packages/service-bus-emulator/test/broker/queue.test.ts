import { describe, expect, it } from 'vitest';
import { Queue } from '../../src/broker/queue.ts';
import type { QueueOptions } from '../../src/broker/queue-options.ts';
import type { StoredMessage } from '../../src/broker/stored-message.ts';
import { ManualClock } from '../manual-clock.ts';
import { content, receiveFrom, tokenOf } from './messages.ts';

function emptyQueue(options: Partial<QueueOptions> = {}) {
  const clock = new ManualClock();
  const queue = new Queue({ name: 'orders', lockDurationMs: 1_000, ...options }, clock);
  return { clock, queue, receive: () => receiveFrom(queue), places: () => placesIn(queue) };
}

/** The message IDs in each place. */
const placesIn = (queue: Queue) =>
  Object.fromEntries(
    Object.entries(queue.inspect())
      .filter(([, messages]) => messages.length > 0)
      .map(([place, messages]) => [place, messages.map(({ messageId }: { messageId: string }) => messageId)]),
  );

describe('a queue', () => {
  it('delivers in the order of sequence numbers, those given back before those behind them', () => {
    const { queue, receive } = emptyQueue();
    for (const id of ['a', 'b', 'c', 'd']) queue.send(content(id));
    const [a, b, c] = [receive(), receive(), receive()];
    for (const message of [c, a]) queue.settle(tokenOf(message), { kind: 'abandon', properties: {} });
    queue.settle(tokenOf(b), { kind: 'complete' });
    expect([receive(), receive(), receive(), receive()].map((message) => message?.content.messageId)).toEqual([
      'a',
      'c',
      'd',
      undefined,
    ]);
  });

  it('refuses a settlement at the very end of the lock, whether or not a timer has run', () => {
    const { queue, receive, clock } = emptyQueue();
    queue.send(content('a'));
    const message = receive();
    const token = tokenOf(message);
    clock.advance(999);
    expect(queue.locked(token)).toBe(message);
    clock.now = () => (message?.enqueuedTime ?? 0) + 1_000;
    expect(queue.settle(token, { kind: 'complete' })).toBe('lock-lost');
    expect(queue.renewLock(token)).toBeUndefined();
    expect(queue.inspect().active).toMatchObject([{ deliveryCount: 1 }]);
  });

  it('settles each delivery once', () => {
    const { queue, receive, places } = emptyQueue();
    queue.send(content('a'));
    const token = tokenOf(receive());
    expect(queue.settle(token, { kind: 'abandon', properties: {} })).toBe('settled');
    expect(queue.settle(token, { kind: 'complete' })).toBe('lock-lost');
    expect(places()).toEqual({ active: ['a'] });
  });

  it('keeps one timer, for the earliest moment', () => {
    const { queue, receive, clock, places } = emptyQueue();
    for (let number = 0; number < 100; number += 1) queue.send(content(`${number}`));
    for (let number = 0; number < 100; number += 1) receive();
    expect(clock.pending).toBe(1);
    clock.advance(1_000);
    expect(places()['active']).toHaveLength(100);
    expect(clock.pending).toBe(0);
  });

  it('keeps a renewed lock though the timer was set for its old end', () => {
    const { queue, receive, clock, places } = emptyQueue();
    queue.send(content('a'));
    const token = tokenOf(receive());
    clock.advance(600);
    expect(queue.renewLock(token)).toBe(clock.now() + 1_000);
    clock.advance(999);
    expect(places()).toEqual({ locked: ['a'] });
    clock.advance(1);
    expect(places()).toEqual({ active: ['a'] });
  });

  it('serves those who wait in turn', () => {
    const { queue } = emptyQueue();
    const served: string[] = [];
    for (const name of ['first', 'second']) {
      queue.wait({ receiveMode: 'peekLock', hasRoom: () => true, deliver: () => void served.push(name) });
    }
    for (let number = 0; number < 4; number += 1) queue.send(content(`${number}`));
    expect(served).toEqual(['first', 'second', 'first', 'second']);
  });

  it('deletes at once what it delivers for receive and delete', () => {
    const { queue, places } = emptyQueue();
    const received: StoredMessage[] = [];
    queue.send(content('a'));
    queue.wait({
      receiveMode: 'receiveAndDelete',
      hasRoom: () => true,
      deliver: (message) => void received.push(message),
    });
    expect(received).toMatchObject([{ lock: undefined }]);
    expect(places()).toEqual({});
  });
});

describe('time to live', () => {
  it('ends in nothing, or in the dead-letter queue if the queue says so', () => {
    const dropping = emptyQueue();
    const keeping = emptyQueue({ deadLetterOnExpiration: true });
    for (const { queue, clock } of [dropping, keeping]) {
      queue.send(content('a', { timeToLiveMs: 500 }));
      clock.advance(499);
      expect(placesIn(queue)).toEqual({ active: ['a'] });
      clock.advance(1);
    }
    expect(dropping.places()).toEqual({});
    expect(keeping.queue.inspect().deadLettered).toMatchObject([{ deadLetterReason: 'TTLExpiredException' }]);
  });

  it('is the shorter of the message’s and the queue’s', () => {
    const { queue, clock, places } = emptyQueue({ defaultTimeToLiveMs: 500 });
    queue.send(content('long', { timeToLiveMs: 9_000 }));
    queue.send(content('short', { timeToLiveMs: 100 }));
    queue.send(content('default'));
    clock.advance(100);
    expect(places()).toEqual({ active: ['long', 'default'] });
    clock.advance(400);
    expect(places()).toEqual({});
  });

  it('does not end a message that is locked, deferred or dead-lettered', () => {
    const { queue, clock, receive, places } = emptyQueue({ defaultTimeToLiveMs: 500 });
    for (const id of ['locked', 'deferred', 'dead']) queue.send(content(id));
    const [locked, deferred, dead] = [receive(), receive(), receive()];
    queue.settle(tokenOf(deferred), { kind: 'defer', properties: {} });
    queue.settle(tokenOf(dead), { kind: 'deadLetter', reason: undefined, description: undefined, properties: {} });
    clock.advance(600);
    expect(places()).toEqual({ locked: ['locked'], deferred: ['deferred'], deadLettered: ['dead'] });
    queue.settle(tokenOf(locked), { kind: 'abandon', properties: {} });
    expect(places()).toEqual({ deferred: ['deferred'], deadLettered: ['dead'] });
  });
});

describe('a scheduled message', () => {
  it('becomes active at its time, as a new message at the end', () => {
    const { queue, clock, places } = emptyQueue();
    const later = clock.now() + 300;
    const number = queue.send(content('later', { scheduledEnqueueTime: later, timeToLiveMs: 200 }));
    queue.send(content('now'));
    expect(places()).toEqual({ active: ['now'], scheduled: ['later'] });
    clock.advance(300);
    expect(queue.inspect().active).toMatchObject([
      { messageId: 'now' },
      { messageId: 'later', sequenceNumber: number + 2, enqueuedTime: later },
    ]);
    clock.advance(199);
    expect(places()).toEqual({ active: ['now', 'later'] });
    clock.advance(1);
    expect(places()).toEqual({ active: ['now'] });
  });

  it('can be cancelled before its time, all those named or none', () => {
    const { queue, clock, places } = emptyQueue();
    const scheduledEnqueueTime = clock.now() + 300;
    const [a, b] = ['a', 'b'].map((id) => queue.send(content(id, { scheduledEnqueueTime })));
    expect(queue.cancelScheduled([a ?? 0, 99])).toBe('not-found');
    expect(places()).toEqual({ scheduled: ['a', 'b'] });
    expect(queue.cancelScheduled([b ?? 0])).toBe('cancelled');
    clock.advance(300);
    expect(places()).toEqual({ active: ['a'] });
    expect(queue.cancelScheduled([a ?? 0])).toBe('not-found');
  });
});

describe('a deferred message', () => {
  it('is only had by its number, and returns to being deferred', () => {
    const { queue, clock, receive, places } = emptyQueue({ maxDeliveryCount: 2 });
    const number = queue.send(content('a'));
    queue.settle(tokenOf(receive()), { kind: 'defer', properties: {} });
    expect(receive()).toBeUndefined();
    for (const deliveryCount of [1, 2, 3]) {
      expect(queue.receiveDeferred([number], 'peekLock')).toMatchObject([{ deliveryCount }]);
      expect(places()).toEqual({ locked: ['a'] });
      expect(queue.receiveDeferred([number], 'peekLock')).toBeUndefined();
      clock.advance(1_000);
      expect(places()).toEqual({ deferred: ['a'] });
    }
    const [message] = queue.receiveDeferred([number], 'peekLock') ?? [];
    expect(queue.settle(tokenOf(message), { kind: 'complete' })).toBe('settled');
    expect(places()).toEqual({});
  });
});

describe('duplicate detection', () => {
  it('drops a repeated ID within the window, which a repetition does not extend', () => {
    const { queue, clock, receive, places } = emptyQueue({ duplicateDetectionWindowMs: 1_000 });
    queue.send(content('a'));
    queue.settle(tokenOf(receive()), { kind: 'complete' });
    clock.advance(600);
    queue.send(content('a'));
    expect(places()).toEqual({});
    clock.advance(400);
    queue.send(content('a'));
    expect(places()).toEqual({ active: ['a'] });
  });

  it('counts a scheduled message from when it was sent', () => {
    const { queue, clock, places } = emptyQueue({ duplicateDetectionWindowMs: 1_000 });
    queue.send(content('a', { scheduledEnqueueTime: clock.now() + 300 }));
    queue.send(content('a'));
    expect(places()).toEqual({ scheduled: ['a'] });
  });
});
