import rhea from 'rhea';
import type { Queue } from '../broker/queue.ts';
import type { Session } from '../broker/sessions/session.ts';
import type { Sessions } from '../broker/sessions/sessions.ts';
import { plain } from './plain.ts';
import { hasNoSessions, sessionLockLost } from './refusals.ts';
import { failure, noContent, success } from './reply.ts';
import { numberIn, type RequestFields, textIn } from './request-fields.ts';
import type { Reply } from './request-link.ts';
import type { Requester } from './requester.ts';

const { types } = rhea;

/** The type code of array elements. Source: AMQP 1.0 part 1, section 1.6.20. */
const stringCode = 0xb1;

/** Carries out an operation on a session. To do so the client must have it. */
const onSession =
  (carryOut: (session: Session, sessions: Sessions, fields: RequestFields, requester: Requester) => Reply) =>
  (queue: Queue, fields: RequestFields, requester: Requester): Reply => {
    const { sessions } = queue;
    if (sessions === undefined) return failure(400, hasNoSessions(queue.name));
    const session = sessions.heldBy(requester.owner, textIn(fields, 'session-id') ?? '');
    return session === undefined ? failure(410, sessionLockLost) : carryOut(session, sessions, fields, requester);
  };

export const renewSessionLock = onSession((session, sessions) =>
  success({ expiration: types.wrap_timestamp(sessions.renew(session)) }),
);

export const getSessionState = onSession(({ state }) =>
  success({ 'session-state': state === undefined ? types.wrap(null) : types.wrap_binary(state) }),
);

export const setSessionState = onSession((session, sessions, fields, { owner, transaction }) => {
  const state = plain(fields['session-state']) ?? undefined;
  if (state !== undefined && !Buffer.isBuffer(state)) throw new Error('its session-state is not binary');
  const copy = state && Buffer.from(state); // what was received is a slice of a larger network buffer
  const carryOut = () => sessions.setState(session, copy);
  if (transaction === undefined) carryOut();
  else transaction.add({ isPossible: () => sessions.heldBy(owner, session.id) === session, carryOut });
  return success({});
});

/** A time that no state can be set after stands for: sessions that have messages. .NET and Java name their latest one. */
const endOfTime = Date.UTC(9999, 11, 31);

/** Sessions that have messages, or those whose state was set after a time: a page of them. */
export function getMessageSessions(queue: Queue, fields: RequestFields): Reply {
  const { sessions } = queue;
  if (sessions === undefined) return failure(400, hasNoSessions(queue.name));
  const time = numberIn(fields, 'last-updated-time');
  const [skip, top] = [numberIn(fields, 'skip'), numberIn(fields, 'top')];
  const all = time >= endOfTime ? sessions.withMessages() : sessions.withStateSetAfter(time);
  const page = all.slice(skip, skip + top);
  if (page.length === 0) return noContent();
  return success({
    skip: types.wrap_int(skip + page.length),
    'sessions-ids': types.wrap_array([...page], stringCode, undefined),
  });
}
