import type { Socket } from 'node:net';
import type { EventContext, link as Link } from 'rhea';
import type { Namespace } from '../broker/namespace.ts';
import type { Queue } from '../broker/queue.ts';
import type { Faults, Faulty } from '../faults.ts';
import { parseAddress } from './address.ts';
import type { AmqpError } from './answer.ts';
import { replyToCbsRequest } from './cbs.ts';
import { replyToManagementRequest } from './management.ts';
import { ReceiverLink } from './receiver-link.ts';
import { RequestLink } from './request-link.ts';
import type { RheaConnection, RheaReceiver, RheaSender, RheaSession } from './rhea-internals.ts';
import { SenderLink } from './sender-link.ts';
import { hookSession } from './session-hooks.ts';

/** One client's connection and the links on it. Link roles are named as the client sees them. */
export class ClientConnection implements Faulty {
  readonly faults: Faults;
  readonly #connection: RheaConnection;
  readonly #socket: Socket;
  readonly #namespace: Namespace;
  readonly #links = new Map<Link, SenderLink | ReceiverLink | RequestLink>();
  #isCut = false;

  constructor(connection: RheaConnection, socket: Socket, namespace: Namespace, faults: Faults) {
    this.faults = faults;
    this.#connection = connection;
    this.#socket = socket;
    this.#namespace = namespace;
    this.#listen();
    connection.accept(socket);
  }

  /** Breaks the connection, as a network does that fails. What was answered before still leaves. */
  readonly cut = (): void => {
    this.#isCut = true;
    this.#endLinks(() => true);
    process.nextTick(() => this.#socket.destroySoon());
  };

  detachReceivers(queue: Queue, error: AmqpError): void {
    for (const link of this.#links.values()) {
      if (link instanceof ReceiverLink && link.queue === queue) link.detach(error);
    }
  }

  #listen(): void {
    const connection = this.#connection;
    connection.on('session_open', ({ session }: EventContext) => this.#onSession(session as RheaSession));
    connection.on('receiver_open', ({ receiver }: EventContext) => this.#onClientSender(receiver as RheaReceiver));
    connection.on('sender_open', ({ sender }: EventContext) => this.#onClientReceiver(sender as RheaSender));
    connection.on('receiver_close', ({ receiver }: EventContext) => this.#endLinks((link) => link === receiver));
    connection.on('sender_close', ({ sender }: EventContext) => this.#endLinks((link) => link === sender));
    connection.on('session_close', ({ session }: EventContext) => this.#endLinks((link) => link.session === session));
    connection.on('connection_close', () => this.#endLinks(() => true));
    connection.on('disconnected', () => this.#endLinks(() => true));
    // One of the events above follows each of these. But without a listener they end the process, or go to the console.
    for (const error of ['connection_error', 'session_error', 'sender_error', 'receiver_error', 'protocol_error']) {
      connection.on(error, () => {});
    }
    connection.on('error', () => {});
    // rhea does not notice a socket that is destroyed from this side, and would keep its timers.
    this.#socket.once('close', () => connection._disconnected());
  }

  #onSession(session: RheaSession): void {
    hookSession(session, () => {
      for (const [{ session: itsSession }, link] of this.#links) {
        if (itsSession === session && link instanceof ReceiverLink) link.onRoom();
      }
    });
  }

  #onClientSender(link: RheaReceiver): void {
    if (this.#isCut) return;
    const address = parseAddress(link.target?.address);
    if (address.kind === 'cbs') {
      this.#links.set(echo(link), new RequestLink(link, replyToCbsRequest));
      return;
    }
    const queue = this.#namespace.find(address.path);
    if (queue === undefined) {
      refuse(link, notFound(address.path));
    } else if (address.kind === 'management') {
      const reply = new RequestLink(link, (request) => replyToManagementRequest(queue, request, this));
      this.#links.set(echo(link), reply);
    } else if (queue.deadLetterQueue === undefined) {
      refuse(link, { condition: 'amqp:not-allowed', description: `Nobody may send to ${queue.name}.` });
    } else {
      this.#links.set(echo(link), new SenderLink(link, queue, this));
    }
  }

  #onClientReceiver(link: RheaSender): void {
    if (this.#isCut) return;
    const address = parseAddress(link.source?.address);
    if (address.kind !== 'entity') {
      echo(link); // for the replies to requests
      return;
    }
    const queue = this.#namespace.find(address.path);
    if (queue === undefined) refuse(link, notFound(address.path));
    else this.#links.set(echo(link), new ReceiverLink(link, queue, this));
  }

  /** Forgets links: their credit must not lock messages for somebody who is gone. */
  #endLinks(hasEnded: (link: Link) => boolean): void {
    for (const [rheaLink, link] of this.#links) {
      if (!hasEnded(rheaLink)) continue;
      link.end();
      this.#links.delete(rheaLink);
    }
  }
}

/** Agrees to an attach: source, target and settle modes as the client has them. */
function echo<Ours extends RheaSender | RheaReceiver>(link: Ours): Ours {
  if (link.source) link.set_source(link.source);
  if (link.target) link.set_target(link.target);
  link.local.attach.snd_settle_mode = link.snd_settle_mode;
  link.local.attach.rcv_settle_mode = link.rcv_settle_mode;
  return link;
}

/** Refuses an attach: an answer with neither source nor target, then a detach (AMQP 1.0 part 2, section 2.6.3). */
function refuse(link: RheaSender | RheaReceiver, error: AmqpError): void {
  link.close(error);
}

/** The SDK tells by these words, not by the condition, that the entity is missing and trying again is of no use. */
const notFound = (path: string): AmqpError => ({
  condition: 'amqp:not-found',
  description: `The messaging entity '${path}' could not be found.`,
});
