import type { AttachFrame, RheaLink, RheaReceiver, RheaSender, RheaSession, TransferFrame } from './rhea-internals.ts';
import { isCoordinator, readTransactionalState } from './transactional-state.ts';

/** The last handle of a link in a session. */
const maxHandle = 4_999;

/** What a session asks of its connection. */
export interface SessionEvents {
  /** The client takes more on this session, whichever link its flow was for. AMQP 1.0 part 2, section 2.5.6. */
  readonly onRoom: () => void;
  /** The largest delivery, in bytes, that is kept, unless a link says otherwise; of a larger one only the size is. */
  readonly maxDeliverySize: number;
}

/**
 * Makes a session of rhea's behave as one of Service Bus does, and tell what it keeps to itself. To be called when it
 * opens, before anything is answered.
 */
export function hookSession(session: RheaSession, { onRoom, maxDeliverySize }: SessionEvents): void {
  session.local.begin.handle_max = maxHandle; // said aloud: there are clients that read null as a number

  const onFlow = session.on_flow.bind(session);
  session.on_flow = (frame) => {
    onFlow(frame);
    onRoom();
  };

  const onDisposition = session.on_disposition.bind(session);
  session.on_disposition = (frame) => {
    // rhea knows the outcomes, but not that one can be wrapped into the state of a transaction.
    const state = readTransactionalState(frame.performative.state);
    if (state !== undefined) frame.performative.state = state.outcome;
    onDisposition(frame);
    raiseOutcomes(session, state?.transactionId);
  };

  const onTransfer = session.on_transfer.bind(session);
  session.on_transfer = (frame) => {
    observeDelivery(session, frame, maxDeliverySize);
    // Format 0 is the one format that rhea decodes. Other formats, and none, it hands on as they are.
    if (frame.performative.message_format === 0) frame.performative.message_format = null;
    onTransfer(frame);
  };

  session.on_attach = (frame) => attachLink(session, frame);
  session.remove_link = (link) => {
    // The client may have attached anew under the name or the handle, while the old link was on its way out.
    if (session.links[link.name] === link) delete session.links[link.name];
    if (session.local.handles[link.local.handle] === link) delete session.local.handles[link.local.handle];
    const { handle } = link.remote;
    if (handle !== undefined && session.remote.handles[handle] === link) delete session.remote.handles[handle];
  };

  session._process = () => processSession(session);
}

/**
 * Raises the clients' outcomes that rhea has read. rhea does it at the end of the tick: after a detach, an end or a close
 * that came in the same read, when the link that the outcome is for has gone.
 */
function raiseOutcomes({ outgoing }: RheaSession, transactionId: Buffer | undefined): void {
  for (const delivery of outgoing.updated.splice(0)) {
    delivery.transactionId = transactionId;
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

/** Where a transfer has the state of its delivery. rhea hands it out without its descriptor. */
const transferStatePlace = 7;

/**
 * Counts the bytes of a delivery, which can come in many frames, and keeps no more of them than the limit. Notes the
 * transaction that the first frame names.
 */
function observeDelivery(session: RheaSession, frame: TransferFrame, maxDeliverySize: number): void {
  const link = session._get_link(frame) as RheaReceiver;
  const isFirst = link._incomplete === undefined;
  if (isFirst) link.transactionId = readTransactionalState(frame.performative.value[transferStatePlace])?.transactionId;
  const before = isFirst ? 0 : (link.deliverySize ?? 0);
  link.deliverySize = before + (frame.payload?.length ?? 0);
  if (link.deliverySize > (link.maxDeliverySize ?? maxDeliverySize)) frame.payload = Buffer.alloc(0);
}

/**
 * rhea finds a link by its name alone. A name is unique per direction only (AMQP 1.0 part 2, section 2.6.1), and there are
 * clients that give a sender and a receiver the same one.
 */
function attachLink(session: RheaSession, frame: AttachFrame): void {
  const { name, role: isClientReceiver, handle, target } = frame.performative;
  const key = `${isClientReceiver ? 'to' : 'from'} ${name}`;
  if (handle > maxHandle) throw new Error(`Handle ${handle} is beyond the last, which is ${maxHandle}`);
  if (session.links[key]?.is_remote_open()) throw new Error(`Attach already received for ${name}`);
  const link: RheaLink = isClientReceiver ? session.create_sender(key) : session.create_receiver(key);
  link.local.attach.name = name;
  link.isCoordinator = isCoordinator(target);
  if (link.isCoordinator) frame.performative.target = undefined; // rhea would complain about it on the console
  link.remote.handle = handle;
  session.remote.handles[handle] = link;
  link.on_attach(frame);
}

/**
 * Writes what is to be written, in the order that clients rely on: an attach is answered before a message leaves on the
 * link, and a request is settled before its reply leaves. rhea writes messages first.
 */
function processSession(session: RheaSession): void {
  const { state, outgoing, incoming } = session;
  do {
    if (state.need_open()) session.output(session.local.begin);
    const links = Object.values(session.links).filter(isAnswerable);
    for (const link of links) {
      if (link.state.need_open()) session.output(link.local.attach);
    }
    incoming.process(session);
    const wasFull = outgoing.available() === 0;
    outgoing.process();
    if (wasFull && outgoing.available() > 0) {
      for (const link of links) {
        if (isSendable(link)) link.dispatch('sendable', link._context());
      }
    }
    for (const link of links) link._process();
    if (state.need_close()) session.output(session.local.end);
  } while (!state.has_settled());
}

/** A link that the client has ended is answered, whatever it waited for. */
const isAnswerable = (link: RheaLink): boolean => link.isAnswerDue !== false || !link.is_remote_open();

const isSendable = (link: RheaLink): boolean => 'sendable' in link && link.is_open() && link.sendable();
