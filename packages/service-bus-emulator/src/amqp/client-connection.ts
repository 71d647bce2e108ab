import type { Duplex } from 'node:stream';
import type { EventContext, link as Link } from 'rhea';
import type { Entity } from '../broker/entity.ts';
import type { Namespace } from '../broker/namespace.ts';
import { Queue } from '../broker/queue.ts';
import { Deadline } from '../deadline.ts';
import type { Faults } from '../faults.ts';
import type { Log } from '../log.ts';
import { parseAddress } from './address.ts';
import { isWithin, refusalOfReceiver, refusalOfSender } from './admission.ts';
import type { AmqpError } from './answer.ts';
import { replyToCbsRequest } from './cbs.ts';
import { ClientTransactions } from './client-transactions.ts';
import { hookConnection } from './connection-hooks.ts';
import { CoordinatorLink } from './coordinator-link.ts';
import type { LinkOwner } from './link-owner.ts';
import { replyToManagementRequest } from './management.ts';
import { agreeToAttach } from './performatives.ts';
import { ReceiverLink } from './receiver-link.ts';
import { notFound, refuse } from './refusals.ts';
import { type Request, RequestLink } from './request-link.ts';
import type { RheaConnection, RheaLink, RheaReceiver, RheaSender, RheaSession } from './rhea-internals.ts';
import { maxMessageSize, SenderLink } from './sender-link.ts';
import { attachToSession, type WantedSession, wantedSession } from './session-attach.ts';
import { hookSession } from './session-hooks.ts';
import { coordinator } from './transactional-state.ts';
import { channelError, frameTooLong, wireErrorOf } from './wire-error.ts';

export interface ClientConnectionOptions {
  readonly namespace: Namespace;
  readonly faults: Faults;
  readonly log: Log;
  /** How long a client may take to open its connection, to finish a frame, or to read what waits for it. */
  readonly clientTimeoutMs: number;
}

/** The longest frame that the emulator takes, in bytes, as Service Bus does. */
export const maxFrameSize = 65_536;

/** The number of the last session on a connection, as Service Bus has it. */
export const maxChannel = 4_999;

/** How many bytes may wait for a client to read them before it is sent no more messages, and not heard. */
const maxUnreadBytes = 1 << 20;

/** How long a client may take to read why its connection ended. */
const goodbyeMs = 5_000;

const amqpHeader = Buffer.from('AMQP\0\x01\0\0', 'latin1');

/** One client's connection and the links on it. Link roles are named as the client sees them. */
export class ClientConnection implements LinkOwner {
  readonly faults: Faults;
  readonly transactions = new ClientTransactions();
  readonly #connection: RheaConnection;
  readonly #socket: Duplex;
  readonly #namespace: Namespace;
  readonly #log: Log;
  readonly #links = new Map<Link, SenderLink | ReceiverLink | RequestLink | CoordinatorLink>();
  /** Those that have a session. */
  readonly #channels = new Set<number>();
  readonly #opening: Deadline;
  readonly #frame: Deadline;
  readonly #reading: Deadline;
  readonly #goodbye: Deadline;
  /** Bytes of messages that rhea was given and has not written. */
  #unwrittenBytes = 0;
  #isCut = false;
  #hasFailed = false;

  constructor(connection: RheaConnection, socket: Duplex, options: ClientConnectionOptions) {
    const { namespace, faults, log, clientTimeoutMs } = options;
    this.faults = faults;
    this.#connection = connection;
    this.#socket = socket;
    this.#namespace = namespace;
    this.#log = log;
    const late = (what: string) => () =>
      this.#fail({ condition: 'amqp:resource-limit-exceeded', description: `A client took too long ${what}.` });
    this.#opening = new Deadline(clientTimeoutMs, late('to open its connection'));
    this.#frame = new Deadline(clientTimeoutMs, late('to finish a frame'));
    this.#reading = new Deadline(clientTimeoutMs, late('to read what was sent to it'));
    this.#goodbye = new Deadline(goodbyeMs, () => this.#socket.destroy());
    this.#listen();
    this.#opening.start();
    connection.accept(socket);
  }

  /** Breaks the connection, as a network does that fails. What was answered before still leaves. */
  readonly cut = (): void => {
    this.#isCut = true;
    this.#endLinks(() => true);
    process.nextTick(() => this.#socket.end(() => this.#socket.destroy()));
  };

  detachReceivers(queue: Queue, error: AmqpError): void {
    for (const link of this.#links.values()) {
      if (link instanceof ReceiverLink && link.queue === queue) link.detach(error);
    }
  }

  /** Looks anew at the links to an entity that an administrator has changed or deleted, and to what is in it. */
  review(entity: Entity): void {
    for (const [rheaLink, link] of this.#links) {
      if (link instanceof SenderLink && isWithin(link.entity, entity)) {
        link.refusal = this.#refusalOf(link.entity, refusalOfSender);
      } else if (link instanceof ReceiverLink && isWithin(link.queue, entity)) {
        const hasSession = link.queue.sessions !== undefined;
        const refusal = this.#refusalOf(link.queue, (queue) => refusalOfReceiver(queue, hasSession));
        if (refusal === undefined) continue;
        link.detach(refusal);
        this.#links.delete(rheaLink);
      }
    }
  }

  listen(link: RheaLink, event: string, listener: (context: EventContext) => void): void {
    link.on(event, this.#guarded(listener));
  }

  isCongested(): boolean {
    return this.#socket.writableLength + this.#unwrittenBytes > maxUnreadBytes;
  }

  willWrite(bytes: number): void {
    this.#unwrittenBytes += bytes;
  }

  #listen(): void {
    const connection = this.#connection;
    hookConnection(connection, this.#socket, {
      isListening: () => !this.#hasFailed,
      onInput: (isInFrame) => this.#onInput(isInFrame),
      onWritten: () => this.#onWritten(),
    });
    const on = (event: string, listener: (context: EventContext) => void) =>
      connection.on(event, this.#guarded(listener));
    on('connection_open', () => this.#opening.stop());
    on('session_open', ({ session }) => this.#onSession(session as RheaSession));
    on('receiver_open', ({ receiver }) => this.#onClientSender(receiver as RheaReceiver));
    on('sender_open', ({ sender }) => this.#onClientReceiver(sender as RheaSender));
    on('receiver_close', ({ receiver }) => this.#endLinks((link) => link === receiver));
    on('sender_close', ({ sender }) => this.#endLinks((link) => link === sender));
    on('session_close', ({ session }) => {
      this.#channels.delete((session as RheaSession).remote.channel);
      this.#endLinks((link) => link.session === session);
    });
    on('connection_close', () => this.#endLinks(() => true));
    on('disconnected', () => this.#endLinks(() => true));
    // One of the events above follows each of these. But without a listener they end the process, or go to the console.
    for (const error of ['connection_error', 'session_error', 'sender_error', 'receiver_error']) on(error, () => {});
    // What rhea cannot make sense of. It ends the stream once this returns.
    for (const error of ['protocol_error', 'error']) {
      connection.on(error, (cause: unknown) => this.#fail(wireErrorOf(cause)));
    }
    this.#socket.on('drain', () => this.#onDrained());
    this.#socket.once('close', () => {
      for (const deadline of [this.#opening, this.#frame, this.#reading, this.#goodbye]) deadline.stop();
      // rhea does not notice a socket that is destroyed from this side, and would keep its timers.
      connection._disconnected();
    });
  }

  #onSession(session: RheaSession): void {
    const { channel } = session.remote;
    if (channel > maxChannel) this.#fail(channelError(channel, `the last is ${maxChannel}`));
    else if (this.#channels.has(channel)) this.#fail(channelError(channel, 'there is one already'));
    this.#channels.add(channel);
    hookSession(session, {
      maxDeliverySize: maxMessageSize,
      onRoom: () => this.#onRoom((link) => link.session === session),
    });
  }

  #onClientSender(link: RheaReceiver): void {
    if (this.#isCut) return;
    if (link.isCoordinator) {
      this.#links.set(agreeToAttach(link), new CoordinatorLink(link, this.transactions, this));
      link.local.attach.target = coordinator();
      return;
    }
    const address = parseAddress(link.target?.address);
    if (address.kind === 'cbs') {
      this.#links.set(agreeToAttach(link), new RequestLink(link, this, replyToCbsRequest));
      return;
    }
    const entity = this.#namespace.find(address.path);
    if (entity === undefined) {
      refuse(link, notFound(address.path));
    } else if (address.kind === 'management') {
      const node = { find: () => this.#namespace.find(address.path), path: address.path };
      const reply = (request: Request) => replyToManagementRequest(node, request, this, link.session as RheaSession);
      this.#links.set(agreeToAttach(link), new RequestLink(link, this, reply));
    } else {
      const refusal = refusalOfSender(entity);
      if (refusal !== undefined) refuse(link, refusal);
      else this.#send(link, entity);
    }
  }

  #send(link: RheaReceiver, entity: Entity): void {
    this.transactions.onLink(link.session as RheaSession, entity.name);
    this.#links.set(agreeToAttach(link), new SenderLink(link, entity, this));
  }

  #onClientReceiver(link: RheaSender): void {
    if (this.#isCut) return;
    const address = parseAddress(link.source?.address);
    if (address.kind !== 'entity') {
      agreeToAttach(link); // for the replies to requests
      return;
    }
    const queue = this.#namespace.find(address.path);
    const session = wantedSession(link);
    const refusal = queue === undefined ? notFound(address.path) : refusalOfReceiver(queue, session !== undefined);
    if (refusal !== undefined) refuse(link, refusal);
    else if (queue instanceof Queue) this.#receive(link, queue, session);
  }

  #receive(link: RheaSender, queue: Queue, session: WantedSession | undefined): void {
    this.transactions.onLink(link.session as RheaSession, queue.name);
    const receiver = new ReceiverLink(link, queue, this);
    this.#links.set(link, receiver);
    if (queue.sessions === undefined || session === undefined) agreeToAttach(link);
    else attachToSession(link, receiver, queue.sessions, session);
  }

  #refusalOf(entity: Entity, ofKind: (entity: Entity) => AmqpError | undefined): AmqpError | undefined {
    return this.#namespace.find(entity.name) === entity ? ofKind(entity) : notFound(entity.name);
  }

  /** Forgets links: their credit must not lock messages for somebody who is gone. */
  #endLinks(hasEnded: (link: Link) => boolean): void {
    for (const [rheaLink, link] of this.#links) {
      if (!hasEnded(rheaLink)) continue;
      link.end();
      this.#links.delete(rheaLink);
    }
  }

  #onRoom(isMeant: (link: Link) => boolean): void {
    for (const [rheaLink, link] of this.#links) {
      if (link instanceof ReceiverLink && isMeant(rheaLink)) link.onRoom();
    }
  }

  #onInput(isInFrame: boolean): void {
    const size = this.#connection.frame_size ?? 0;
    if (size > maxFrameSize) this.#fail(frameTooLong(size, maxFrameSize));
    else if (isInFrame) this.#frame.restart();
    else this.#frame.stop();
  }

  #onWritten(): void {
    const wasCongested = this.isCongested();
    this.#unwrittenBytes = 0;
    if (this.isCongested()) {
      // A client that does not read is not to fill the memory with the replies to its requests either.
      this.#socket.pause();
      this.#reading.start();
    } else if (wasCongested) {
      process.nextTick(() => this.#onRoom(() => true));
    }
  }

  #onDrained(): void {
    if (this.#hasFailed) return;
    this.#reading.stop();
    this.#socket.resume();
    this.#onRoom(() => true);
  }

  /** Ends the connection for a reason that the client is told, as far as it can still be told anything. */
  #fail(error: AmqpError): void {
    if (this.#hasFailed || this.#isCut) return;
    this.#hasFailed = true;
    this.#log(`A client's connection ends with ${error.condition}: ${error.description}`);
    this.#endLinks(() => true);
    this.#goodbye.start();
    this.#socket.resume();
    if (this.#connection.amqp_transport.header_received === undefined) {
      this.#socket.write(amqpHeader); // which says what version would be understood: AMQP 1.0 part 2, section 2.2
    } else {
      this.#connection.open();
      this.#connection.close(error);
      this.#connection._process();
    }
    this.#socket.end();
  }

  /** An error of ours is not the client's, and must not pass unseen. */
  #guarded(listener: (context: EventContext) => void): (context: EventContext) => void {
    return (context) => {
      try {
        listener(context);
      } catch (cause) {
        this.#log(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
        this.#fail({
          condition: 'amqp:internal-error',
          description: 'The emulator has made a mistake; its log says more.',
        });
      }
    };
  }
}
