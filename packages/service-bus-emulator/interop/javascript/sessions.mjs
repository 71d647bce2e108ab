// The operations on a queue with sessions; `plain` is one without. Named after what is the same in the other clients.
import assert from 'node:assert/strict';

export function sessionOperations({ client, queue, plain, connect, tools: { one, take, bodies, refused, sleep } }) {
  const sender = client.createSender(queue);
  const send = (...texts) => sender.sendMessages(texts.map((body) => ({ body, sessionId: body.slice(0, 1) })));
  const noRenewal = { maxAutoLockRenewalDurationInMs: 0 };
  const accept = (id, options = noRenewal) => client.acceptSession(queue, id, options);
  // The older ones have words of their own for whatever the reason was, and so has the newest for some.
  const isNewest = process.env.IS_DEVELOPMENT === 'true';
  const acceptNext = () => client.acceptNextSession(queue, noRenewal);

  return {
    'a session by name': async () => {
      await send('a1', 'b1', 'a2');
      const receiver = await accept('a');
      assert.equal(receiver.sessionId, 'a');
      assert(receiver.sessionLockedUntilUtc > new Date());
      await refused(() => accept('a'), isNewest ? /SessionCannotBeLocked/ : /./);
      assert.equal(bodies(await take(receiver, 2)), 'a1a2');
      const other = await accept('b');
      assert.equal(bodies(await take(other, 1)), 'b1');
      await receiver.close();
      await other.close();
    },
    'the next session': async () => {
      const waiting = acceptNext();
      await sleep(100);
      await send('a1', 'b1');
      const first = await waiting;
      const second = await acceptNext();
      assert.equal(first.sessionId + second.sessionId, 'ab');
      assert.equal(bodies(await take(first, 1)) + bodies(await take(second, 1)), 'a1b1');
      await first.close();
      await second.close();
      if (!isNewest) return; // they do not say how long they wait, which then is a minute
      const hasty = connect({ retryOptions: { timeoutInMs: 1_000, maxRetries: 0 } });
      await refused(() => hasty.acceptNextSession(queue), /./);
      await hasty.close();
    },
    'renew a session, and lose it': async () => {
      await send('a1');
      const receiver = await accept('a');
      const before = receiver.sessionLockedUntilUtc;
      await sleep(20);
      assert((await receiver.renewSessionLock()) > before);
      const message = await one(receiver);
      await sleep(10_100);
      await refused(() => receiver.completeMessage(message), /SessionLockLost/);
      await receiver.close();
      const next = await acceptNext();
      const again = await one(next);
      assert.equal(again.deliveryCount, 1);
      await next.completeMessage(again);
      await next.close();
    },
    'session state': async () => {
      const receiver = await accept('s');
      assert.equal((await receiver.getSessionState()) ?? null, null);
      await receiver.setSessionState('half');
      await receiver.close();
      const next = await accept('s');
      assert.equal(String(await next.getSessionState()), 'half');
      await next.setSessionState(null);
      assert.equal((await next.getSessionState()) ?? null, null);
      await next.close();
    },
    'peek, abandon, defer and dead-letter in a session': async () => {
      await send('a1', 'b1', 'a2', 'a3');
      const receiver = await accept('a');
      assert.equal(bodies(await receiver.peekMessages(10)), 'a1a2a3');
      await receiver.abandonMessage(await one(receiver));
      const deferred = await one(receiver);
      assert.equal(deferred.body, 'a1');
      await receiver.deferMessage(deferred);
      await receiver.deadLetterMessage(await one(receiver), { deadLetterReason: 'reason' });
      assert.equal(bodies(await take(receiver, 1)), 'a3');
      const [again] = await receiver.receiveDeferredMessages(deferred.sequenceNumber);
      await receiver.completeMessage(again);
      await receiver.close();
      const dead = client.createReceiver(queue, { subQueueType: 'deadLetter' });
      const [found] = await take(dead, 1);
      assert.deepEqual([found.body, found.sessionId, found.deadLetterReason], ['a2', 'a', 'reason']);
      const other = await acceptNext();
      assert.equal(bodies(await take(other, 1)), 'b1');
      await other.close();
    },
    'schedule into a session': async () => {
      const receiver = await accept('a');
      await sender.scheduleMessages({ body: 'a2', sessionId: 'a' }, new Date(Date.now() + 1_000));
      await send('a1');
      assert.equal(bodies(await take(receiver, 2)), 'a1a2');
      await receiver.close();
    },
    'sessions are refused where there are none, and needed where there are': async () => {
      await refused(() => client.acceptSession(plain, 's'), /./);
      await refused(() => client.acceptNextSession(plain), isNewest ? /does not require sessions/ : /./);
      await refused(() => client.createReceiver(queue).receiveMessages(1), /non-sessionful/);
      await refused(() => sender.sendMessages({ body: 'x' }), /SessionId was not set/);
    },
  };
}
