import { createRequire } from 'node:module';
import type { Duplex } from 'node:stream';
import rhea, {
  type Connection,
  type Delivery,
  type EventContext,
  type Receiver,
  type Sender,
  type Session,
  type Typed,
} from 'rhea';

/**
 * The parts of rhea 3.0.5 that its typings leave out. A server that is to behave as Service Bus does needs them; another
 * version of rhea may lack them, so its version is pinned.
 */
export interface RheaConnection extends Connection {
  /** Serves a client on this socket. */
  accept(socket: Duplex): void;
  /** Takes bytes that came. */
  input(bytes: Buffer): void;
  /** Writes what is to be written. */
  _process(): void;
  /** Has it written at the end of this tick. */
  _register(): void;
  _write_frame(channel?: number, performative?: Performative, payload?: Buffer): void;
  /** Stops the timers, and raises `disconnected` if the connection was open. */
  _disconnected(): void;
  /** How long a frame says it is that has not come as a whole. */
  readonly frame_size: number | undefined;
  readonly amqp_transport: { readonly header_received: object | undefined };
}

/** The first part of a frame: its fields by position. */
export interface Performative {
  readonly value: unknown[];
}

export interface AttachFrame {
  readonly performative: { readonly name: string; readonly role: boolean; readonly handle: number; target: unknown };
}

export interface DispositionFrame {
  readonly performative: { state: unknown };
}

export interface TransferFrame {
  readonly performative: Performative & {
    readonly handle: number;
    message_format?: number | null | undefined;
  };
  payload?: Buffer;
}

interface EndpointState {
  /** Whether it is still to be said that it opens; asked once. */
  need_open(): boolean;
  need_close(): boolean;
  has_settled(): boolean;
}

export interface RheaSession extends Session {
  readonly outgoing: {
    /** Free slots for unsettled deliveries. A delivery without a slot makes rhea throw. */
    available(): number;
    /** Transfers that the peer still takes on this session. Not a number before its first flow. */
    transfer_window(): number;
    readonly next_delivery_id: number;
    readonly next_pending_delivery: number;
    readonly next_transfer_id: number;
    readonly window: number;
    /** Deliveries that the client has said something about, which rhea has not raised yet. */
    readonly updated: RheaDelivery[];
    /** Writes transfers and the answers to settlements. */
    process(): void;
  };
  readonly incoming: {
    readonly next_transfer_id: number;
    readonly window: number;
    /** Writes the settlements of what the client sent. */
    process(session: Session): void;
  };
  readonly state: EndpointState;
  readonly local: {
    readonly begin: Performative & { handle_max: number };
    readonly end: Performative;
    readonly handles: Record<number, RheaLink>;
  };
  readonly remote: { readonly handles: Record<number, RheaLink>; readonly channel: number };
  /** By name. */
  readonly links: Record<string, RheaLink>;
  output(frame: object): void;
  on_attach(frame: AttachFrame): void;
  on_disposition(frame: DispositionFrame): void;
  on_flow(frame: object): void;
  on_transfer(frame: TransferFrame): void;
  _process(): void;
  _get_link(frame: TransferFrame): RheaLink;
  remove_link(link: RheaLink): void;
  create_sender(name: string): RheaSender;
  create_receiver(name: string): RheaReceiver;
}

interface RheaLinkMembers {
  readonly state: EndpointState;
  readonly local: { readonly handle: number; readonly attach: AttachFields };
  readonly remote: { handle: number | undefined; readonly attach?: { readonly name: string } };
  on_attach(frame: AttachFrame): void;
  dispatch(event: string, context: EventContext): void;
  _context(more?: { readonly delivery: Delivery }): EventContext;
  _process(): void;
  /** Ours: whether the client attached to a transaction coordinator. */
  isCoordinator?: boolean;
  /** Ours: `false` as long as the answer to the client's attach has to wait. */
  isAnswerDue?: boolean;
}

export interface RheaSender extends Sender, RheaLinkMembers {
  credit: number;
  delivery_count: number;
}

export interface RheaReceiver extends Receiver, RheaLinkMembers {
  /** The delivery of which not all has come. */
  readonly _incomplete?: object;
  /** Ours: how many bytes of the present delivery have come. */
  deliverySize?: number;
  /** Ours: the transaction in which the present delivery is sent. */
  transactionId?: Buffer | undefined;
  /** Ours: the largest delivery that is kept. */
  maxDeliverySize?: number;
}

export type RheaLink = RheaSender | RheaReceiver;

interface AttachFields extends Performative {
  name: string;
  snd_settle_mode: number | undefined;
  rcv_settle_mode: number | undefined;
  max_message_size: number | undefined;
  properties: Readonly<Record<string, unknown>> | undefined;
  readonly source: Typed | undefined;
  target: Typed | undefined;
}

export interface RheaDelivery extends Delivery {
  settled: boolean;
  remote_settled: boolean;
  /** Ours: the transaction in which the client said what it last said about a message that it received. */
  transactionId?: Buffer | undefined;
}

export interface RheaReader {
  readonly buffer: Buffer;
  position: number;
  remaining(): number;
  skip(bytes: number): void;
  read(): Typed;
  read_uint(width: number): number;
  read_constructor(): { readonly typecode: number; readonly descriptor?: Typed };
  /** The value of a type that is always as wide. */
  read_fixed_width(type: { readonly typecode: number }): unknown;
}

export interface RheaWriter {
  write(value: Typed): void;
  write_bytes(bytes: Buffer): void;
  toBuffer(): Buffer;
}

interface CodecTypes {
  readonly Reader: new (bytes: Buffer) => RheaReader;
  readonly Writer: new (bytes?: Buffer) => RheaWriter;
  /** A map of names and values in turn. */
  readonly Map32: (items: readonly Typed[]) => Typed;
}

/** A delivery's outcome, ready to be written. Source: AMQP 1.0 part 3, section 3.4. */
export type Outcome = Typed;

interface OutcomeTypes {
  accepted(): { described(): Outcome };
  rejected(fields: { readonly error?: { readonly condition: string; readonly description: string } }): {
    described(): Outcome;
  };
  released(): { described(): Outcome };
  modified(fields: { readonly undeliverable_here: boolean }): { described(): Outcome };
}

interface FrameTypes {
  disposition(fields: {
    readonly role: boolean;
    readonly first: number;
    readonly last: number;
    readonly settled: boolean;
    readonly state: Outcome;
  }): object;
  flow(fields: {
    readonly next_incoming_id: number;
    readonly incoming_window: number;
    readonly next_outgoing_id: number;
    readonly outgoing_window: number;
    readonly handle: number;
    readonly delivery_count: number;
    readonly link_credit: number;
    readonly drain: boolean;
  }): object;
}

export const { Reader, Writer, Map32: mapOf } = rhea.types as unknown as CodecTypes;
export const outcomes = rhea.message as unknown as OutcomeTypes;
export const frames = createRequire(import.meta.url)('rhea/lib/frames.js') as FrameTypes;
