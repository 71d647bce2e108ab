import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import {
  binary,
  boolean,
  Decoder,
  Described,
  described,
  type Encoded,
  list,
  nil,
  string,
  ubyte,
  uint,
} from './encoding.ts';

/** The frames' descriptors. Source: AMQP 1.0 part 2, section 2.7, and part 5, section 5.3.3. */
const code = {
  open: 0x10,
  begin: 0x11,
  attach: 0x12,
  flow: 0x13,
  transfer: 0x14,
  disposition: 0x15,
  detach: 0x16,
  end: 0x17,
  close: 0x18,
  saslMechanisms: 0x40,
  saslInit: 0x41,
  saslOutcome: 0x44,
} as const;

export type FrameName = keyof typeof code;
const names = new Map(Object.entries(code).map(([name, value]) => [value as number, name as FrameName]));

/** A frame as it came: its fields by position, exactly as many as were written. */
export interface Frame {
  readonly name: FrameName;
  readonly channel: number;
  readonly fields: readonly unknown[];
  readonly payload: Buffer;
}

export const amqpHeader = Buffer.from('AMQP\0\x01\0\0');
export const saslHeader = Buffer.from('AMQP\x03\x01\0\0');

export function frame(
  name: FrameName,
  fields: readonly Encoded[],
  { channel = 0, payload = Buffer.alloc(0) as Buffer } = {},
) {
  const body = Buffer.concat([described(code[name], list(...fields)), payload]);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(head.length + body.length);
  head.writeUInt8(2, 4);
  head.writeUInt8(name.startsWith('sasl') ? 1 : 0, 5);
  head.writeUInt16BE(channel, 6);
  return Buffer.concat([head, body]);
}

export const open = () => frame('open', [string('raw-client'), string('127.0.0.1')]);
export const begin = (channel = 0) => frame('begin', [nil, uint(0), uint(2048), uint(2048)], { channel });
export const source = (address: string) => described(0x28, list(string(address)));
export const target = (address: string) => described(0x29, list(string(address)));

/** A link's first frame. The client receives unless it says that it sends. */
export function attach({
  name = 'my-link',
  handle = 0,
  role = 'receiver' as 'sender' | 'receiver',
  from = nil as Encoded,
  to = nil as Encoded,
  settled = false,
  more = [] as readonly Encoded[],
}) {
  const modes = settled ? [ubyte(1), ubyte(0)] : [ubyte(0), ubyte(1)];
  const initialDeliveryCount = role === 'sender' ? uint(0) : nil;
  const start = [string(name), uint(handle), boolean(role === 'receiver'), ...modes, from, to, nil, nil];
  return frame('attach', [...start, initialDeliveryCount, ...more]);
}

export const credit = (amount: number, { handle = 0, deliveryCount = 0 } = {}) =>
  frame('flow', [uint(0), uint(2048), uint(0), uint(2048), uint(handle), uint(deliveryCount), uint(amount)]);

export const outcome = { accepted: 0x24, rejected: 0x25, released: 0x26, modified: 0x27 } as const;
export const settle = (deliveryId: number, state: keyof typeof outcome = 'accepted', isSettled = false) =>
  dispose(deliveryId, described(outcome[state], list()), isSettled);
/** What a receiver says about a message, whatever it is. */
export const dispose = (deliveryId: number, state: Encoded, isSettled = false) =>
  frame('disposition', [boolean(true), uint(deliveryId), uint(deliveryId), boolean(isSettled), state]);
export const detach = (handle = 0) => frame('detach', [uint(handle), boolean(true)]);
export const end = () => frame('end', []);
export const close = () => frame('close', []);

/** A transfer of one message with format 0, or of a piece of it. */
export const transfer = (
  payload: Buffer,
  { handle = 0, deliveryId = 0, settled = false, more = false, state = nil as Encoded } = {},
) => {
  const tag = binary(Buffer.from(String(deliveryId)));
  const fields = [uint(handle), uint(deliveryId), tag, uint(0), boolean(settled), boolean(more), nil, state];
  return frame('transfer', fields, { payload });
};
/** A message with this text as its AMQP value. */
export const messageOf = (text: string) => described(0x77, string(text));

/** A client that writes what it is told in one piece, and keeps every frame that comes. Gone when the test is over. */
export class RawClient {
  readonly frames: Frame[] = [];
  /** Frames that `next` has not handed out yet. */
  readonly #unread: Frame[] = [];
  readonly #socket: Socket;
  #bytes: Buffer = Buffer.alloc(0);
  hasEnded = false;

  /** Connected, but nothing written yet. */
  static async connect(port: number): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  /** Connected, with a session on channel 0, and the answers to both taken. */
  static async begin(port: number): Promise<RawClient> {
    const client = await RawClient.connect(port);
    client.write(amqpHeader, open(), begin());
    await client.next('open');
    await client.next('begin');
    return client;
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setMaxListeners(0); // each wait leaves one behind until there is another byte
    socket.on('data', (bytes) => this.#read(bytes));
    socket.on('close', () => {
      this.hasEnded = true;
    });
    socket.on('error', () => {});
  }

  /** In one piece, so that they are read in one. */
  write(...bytes: readonly Buffer[]): void {
    this.#socket.write(Buffer.concat(bytes));
  }

  /** In one piece, and then the end of the stream. */
  end(...bytes: readonly Buffer[]): void {
    this.#socket.end(Buffer.concat(bytes));
  }

  /** Takes no more bytes from the network. */
  stopReading(): void {
    this.#socket.pause();
  }

  /** The next frame of this name, whatever comes before it. Rejects if the connection ends without it. */
  async next(name: FrameName): Promise<Frame> {
    for (;;) {
      const index = this.#unread.findIndex((each) => each.name === name);
      const [found] = this.#unread.splice(0, index + 1).slice(-1);
      if (found !== undefined) return found;
      if (this.hasEnded) throw new Error(`The connection ended without ${name}, after ${this.#namesOfFrames()}`);
      await this.#change();
    }
  }

  /** Resolves once the emulator has closed the connection. */
  async ended(): Promise<void> {
    while (!this.hasEnded) await this.#change();
  }

  /** An error is followed by the close. */
  readonly #change = () =>
    Promise.race([once(this.#socket, 'data'), once(this.#socket, 'close')]).catch(() => undefined);
  readonly #namesOfFrames = () => this.frames.map(({ name }) => name).join(', ');

  #read(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    while (this.#bytes.length >= 8) {
      if (this.#bytes.toString('latin1', 0, 4) === 'AMQP') {
        this.#bytes = this.#bytes.subarray(8);
        continue;
      }
      const size = this.#bytes.readUInt32BE();
      if (this.#bytes.length < size) return;
      const decoder = new Decoder(this.#bytes.subarray(8, size));
      const channel = this.#bytes.readUInt16BE(6);
      this.#bytes = this.#bytes.subarray(size);
      if (size === 8) continue; // a heartbeat
      const performative = decoder.read() as Described;
      const name = names.get(performative.descriptor as number);
      if (name === undefined) throw new Error(`There is no frame ${performative.descriptor}`);
      const received = { name, channel, fields: performative.value as unknown[], payload: decoder.remaining };
      this.frames.push(received);
      this.#unread.push(received);
    }
  }
}

/** The error in a frame that ends something. */
export function errorIn({ name, fields }: Frame): { condition: unknown; description: unknown } | undefined {
  const error = fields[name === 'detach' ? 2 : 0];
  if (!(error instanceof Described)) return undefined;
  const [condition, description] = error.value as unknown[];
  return { condition, description };
}
