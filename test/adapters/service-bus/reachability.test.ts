import { ServiceBusError } from '@azure/service-bus';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { QueueReceiverEvent } from '../../../src/adapters/service-bus/queue-receiver-event.ts';
import { Reachability } from '../../../src/adapters/service-bus/reachability.ts';

const notFound = new ServiceBusError("The messaging entity 'messages' could not be found.", 'MessagingEntityNotFound');
const unauthorized = new ServiceBusError('Put token failed.', 'UnauthorizedAccess');
const away = new Error('connect ECONNREFUSED');

/** A watched queue that answers as `answers` say, one after the other, and then well. */
function watched(...answers: readonly (Error | undefined)[]) {
  const events: QueueReceiverEvent[] = [];
  const ending = new AbortController();
  const left = [...answers];
  const probe = async () => {
    const error = left.shift();
    if (error !== undefined) throw error;
  };
  const reachability = new Reachability(probe, (event) => events.push(event), ending.signal);
  const restored = reachability.restored();
  const ended = reachability.watch();
  onTestFinished(() => {
    ending.abort();
    return ended;
  });
  return { reachability, events, restored, end: () => ending.abort() };
}

describe('Reachability', () => {
  it('tells of an interruption once, and of its end', async () => {
    const { events, restored } = watched(away, away);
    await restored;
    expect(events).toEqual([{ kind: 'interrupted', reason: 'unreachable', cause: away }, { kind: 'receiving' }]);
  });

  it('tells anew when the reason changes', async () => {
    const { events, restored } = watched(away, notFound, unauthorized);
    await restored;
    const reasons = events.map((event) => (event.kind === 'interrupted' ? event.reason : event.kind));
    expect(reasons).toEqual(['unreachable', 'queue-not-found', 'unauthorized', 'receiving']);
  });

  it('takes the reason from the last of several tries', async () => {
    const { events, restored } = watched(new AggregateError([away, notFound]));
    await restored;
    expect(events[0]).toEqual({ kind: 'interrupted', reason: 'queue-not-found', cause: notFound });
  });

  it('says nothing when what was in doubt is well', async () => {
    const { reachability, events, restored } = watched();
    await restored;
    await reachability.restored();
    expect(events).toEqual([{ kind: 'receiving' }]);
  });

  it('calls it an interruption when a queue that answers gives no messages, until it gives one', async () => {
    const { reachability, events, restored } = watched();
    await restored;
    reachability.refused(away);
    await reachability.restored();
    reachability.received();
    await reachability.restored();
    expect(events.map(({ kind }) => kind)).toEqual(['receiving', 'interrupted', 'receiving']);
  });

  it('lets nobody wait after the end', async () => {
    const { reachability, events, restored, end } = watched(away, away, away, away, away, away);
    await Promise.resolve();
    end();
    await restored;
    await reachability.restored();
    expect(events).toHaveLength(1);
  });
});
