import type { RheaSender, RheaSession } from './rhea-internals.ts';

/**
 * Makes rhea tell of three things that it keeps to itself: that the client takes more on a session, whichever link its flow
 * was for (AMQP 1.0 part 2, section 2.5.6), the bytes of a message, which it would decode, and a settlement at once.
 */
export function hookSession(session: RheaSession, onRoom: () => void): void {
  const onFlow = session.on_flow.bind(session);
  session.on_flow = (frame) => {
    onFlow(frame);
    onRoom();
  };

  const onTransfer = session.on_transfer.bind(session);
  session.on_transfer = (frame) => {
    // Format 0 is the one format that rhea decodes. Other formats, and none, it hands on as they are.
    if (frame.performative.message_format === 0) frame.performative.message_format = null;
    onTransfer(frame);
  };

  const onDisposition = session.on_disposition.bind(session);
  session.on_disposition = (frame) => {
    onDisposition(frame);
    raiseOutcomes(session);
  };
}

/**
 * Raises the clients' outcomes that rhea has read. rhea does it at the end of the tick: after a detach, an end or a close
 * that came in the same read, when the link that the outcome is for has gone.
 */
function raiseOutcomes({ outgoing }: RheaSession): void {
  for (const delivery of outgoing.updated.splice(0)) {
    const link = delivery.link as RheaSender;
    const outcome = (delivery.remote_state?.constructor as OutcomeType | undefined)?.composite_type;
    if (outcome !== undefined) link.dispatch(outcome, link._context({ delivery }));
    if (delivery.remote_settled) link.dispatch('settled', link._context({ delivery }));
  }
}

/** What rhea makes an outcome with. */
interface OutcomeType {
  readonly composite_type?: string;
}
