import rhea, { type Typed } from 'rhea';
import type { Session } from '../broker/sessions/session.ts';
import type { Sessions } from '../broker/sessions/sessions.ts';
import { agreeToAttach } from './performatives.ts';
import type { ReceiverLink } from './receiver-link.ts';
import { noSessionInTime, sessionIsLocked } from './refusals.ts';
import type { RheaConnection, RheaSender } from './rhea-internals.ts';

const sessionFilter = 'com.microsoft:session-filter';

/** How long a client waits for a session that does not say it, in milliseconds. */
const defaultTimeoutMs = 60_000;

/** Which session a client that attaches wants to receive: a named one, or the next that is free. */
export interface WantedSession {
  readonly id: string | undefined;
}

/** `undefined` if the client wants to receive without a session. */
export function wantedSession({ source }: RheaSender): WantedSession | undefined {
  const filter: Readonly<Record<string, unknown>> = source?.filter ?? {};
  if (!Object.keys(filter).includes(sessionFilter)) return undefined;
  const value = filter[sessionFilter];
  // Some clients give a filter's value the descriptor that AMQP 1.0 part 3, section 3.5.8 asks for.
  const id = typeof value === 'object' && value !== null ? (value as Typed).value : value;
  return { id: typeof id === 'string' ? id : undefined };
}

/**
 * Answers an attach once the client has its session, which the answer names, with the time until which it is locked.
 * Who waits for the next session gets no answer before. Source: Microsoft documentation "AMQP 1.0 protocol guide",
 * and the SDKs, which read the lock's end as ticks from the properties of the link.
 */
export function attachToSession(
  link: RheaSender,
  receiver: ReceiverLink,
  sessions: Sessions,
  { id }: WantedSession,
): void {
  const agree = (session: Session) => {
    agreeToAttach(link, { [sessionFilter]: session.id });
    link.local.attach.properties = { 'com.microsoft:locked-until-utc': ticksOf(session.dueAt) };
    receiver.onRoom(); // credit can have come with the attach
  };
  if (id !== undefined) {
    const session = sessions.accept(id, receiver);
    if (session === undefined) receiver.detach(sessionIsLocked(id));
    else agree(session);
    return;
  }
  link.isAnswerDue = false;
  const timeout: unknown = link.properties?.['com.microsoft:timeout'];
  sessions.acceptNext(receiver, typeof timeout === 'number' ? timeout : defaultTimeoutMs, (session) => {
    link.isAnswerDue = true;
    (link.connection as RheaConnection)._register();
    if (session === undefined) receiver.detach(noSessionInTime);
    else agree(session);
  });
}

/** A .NET tick is 100 ns, counted from the first of January of the year 1. */
const ticksAtUnixEpoch = 621_355_968_000_000_000n;

/** As the eight bytes of a long, since a number cannot hold it. */
function ticksOf(time: number): Typed {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(ticksAtUnixEpoch + BigInt(Math.round(time)) * 10_000n);
  return rhea.types.wrap_long(bytes);
}
