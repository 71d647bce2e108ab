import type { RheaSession } from './rhea-internals.ts';

/**
 * Makes rhea tell of two things that it keeps to itself: that the client takes more on a session, whichever link its flow
 * was for (AMQP 1.0 part 2, section 2.5.6), and the bytes of a message, which it would decode.
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
}
