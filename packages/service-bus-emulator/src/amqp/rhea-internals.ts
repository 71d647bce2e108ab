import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
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
  accept(socket: Socket): void;
  /** Stops the timers, and raises `disconnected` if the connection was open. */
  _disconnected(): void;
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
  };
  readonly incoming: { readonly next_transfer_id: number; readonly window: number };
  output(frame: object): void;
  on_flow(frame: object): void;
  on_disposition(frame: object): void;
  on_transfer(frame: { readonly performative: { message_format?: number | null | undefined } }): void;
}

export interface RheaSender extends Sender {
  credit: number;
  delivery_count: number;
  readonly local: { readonly handle: number; readonly attach: AttachFields };
  dispatch(event: string, context: EventContext): void;
  _context(more: { readonly delivery: Delivery }): EventContext;
}

export interface RheaReceiver extends Receiver {
  readonly local: { readonly attach: AttachFields };
}

interface AttachFields {
  snd_settle_mode: number | undefined;
  rcv_settle_mode: number | undefined;
  max_message_size: number | undefined;
}

export interface RheaDelivery extends Delivery {
  settled: boolean;
  remote_settled: boolean;
}

export interface RheaReader {
  position: number;
  remaining(): number;
  skip(bytes: number): void;
  read(): Typed;
  read_uint(width: number): number;
  read_constructor(): { readonly typecode: number; readonly descriptor?: Typed };
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
