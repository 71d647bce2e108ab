import { describe, expect, it } from 'vitest';
import { queue, startEmulator, until } from '../emulator-fixture.ts';
import { binary, boolean, type Described, described, type Encoded, list, nil } from './encoding.ts';
import {
  attach,
  credit,
  detach,
  dispose,
  type Frame,
  messageOf,
  outcome,
  RawClient,
  settle,
  source,
  target,
  transfer,
} from './raw-client.ts';

const other = 'invoices';
const links = { coordinator: 0, sender: 1, receiver: 2, otherSender: 3, otherReceiver: 4 };

const stateOf = ({ fields }: Frame) => fields[4] as Described;
/** The fields of a state by position. */
const valuesOf = (state: Described) => state.value as unknown[];

/** A client with its links in one session, that sends what it is told and hands out what is said about it. */
class TransactionClient {
  readonly raw: RawClient;
  #nextDeliveryId = 0;

  static async begin(port: number): Promise<TransactionClient> {
    const raw = await RawClient.begin(port);
    raw.write(
      attach({ name: 'c', handle: links.coordinator, role: 'sender', to: described(0x30, list()) }),
      attach({ name: 's', handle: links.sender, role: 'sender', to: target(queue) }),
      attach({ name: 'r', handle: links.receiver, from: source(queue), to: target('me') }),
      attach({ name: 'os', handle: links.otherSender, role: 'sender', to: target(other) }),
      attach({ name: 'or', handle: links.otherReceiver, from: source(other), to: target('me') }),
    );
    for (let count = 0; count < 3; count += 1) await raw.next('flow');
    return new TransactionClient(raw);
  }

  private constructor(raw: RawClient) {
    this.raw = raw;
  }

  async send(payload: Encoded, { handle = links.sender, transactionId = undefined as Buffer | undefined } = {}) {
    const state = transactionId === undefined ? nil : described(0x34, list(binary(transactionId)));
    this.raw.write(transfer(payload, { handle, deliveryId: this.#nextDeliveryId, state }));
    this.#nextDeliveryId += 1;
    return stateOf(await this.#said(true));
  }

  async declare(): Promise<Buffer> {
    const state = await this.send(described(0x77, described(0x31, list())), { handle: links.coordinator });
    expect(state.descriptor).toBe(0x33);
    return valuesOf(state)[0] as Buffer;
  }

  discharge(transactionId: Buffer, isFailed = false) {
    const fields = list(binary(transactionId), boolean(isFailed));
    return this.send(described(0x77, described(0x32, fields)), { handle: links.coordinator });
  }

  /** The ID of the delivery. */
  async receive(handle = links.receiver): Promise<number> {
    this.raw.write(credit(1, { handle }));
    return (await this.raw.next('transfer')).fields[1] as number;
  }

  async complete(deliveryId: number, transactionId: Buffer) {
    const accepted = described(outcome.accepted, list());
    this.raw.write(dispose(deliveryId, described(0x34, list(binary(transactionId), accepted))));
    return stateOf(await this.#said(false));
  }

  /** What the emulator says next as one who receives, or as one who sends. */
  async #said(isReceiver: boolean): Promise<Frame> {
    for (;;) {
      const frame = await this.raw.next('disposition');
      if (frame.fields[0] === isReceiver) return frame;
    }
  }

  /** The state in which a message that was received is settled. */
  async settled(): Promise<Described> {
    for (;;) {
      const frame = await this.#said(false);
      if (frame.fields[3] === true) return stateOf(frame);
    }
  }
}

async function start() {
  const started = await startEmulator({ entities: { queues: [{ name: queue }, { name: other }] } });
  const client = await TransactionClient.begin(started.emulator.port);
  const counts = () => {
    const { active, locked } = started.emulator.inspect(queue);
    return { active: active.length, locked: locked.length };
  };
  return { ...started, client, counts };
}

const conditionIn = (state: Described) => {
  expect(state.descriptor).toBe(outcome.rejected);
  return ((valuesOf(state)[0] as Described).value as unknown[])[0];
};

describe('a transaction', () => {
  it('sends and completes as a whole when it is committed', async () => {
    const { client, counts } = await start();
    await client.send(messageOf('first'));
    const delivery = await client.receive();
    const id = await client.declare();
    const sent = await client.send(messageOf('second'), { transactionId: id });
    const completed = await client.complete(delivery, id);
    for (const state of [sent, completed]) {
      expect(state.descriptor).toBe(0x34);
      expect(valuesOf(state)).toEqual([id, expect.objectContaining({ descriptor: outcome.accepted })]);
    }
    expect(counts()).toEqual({ active: 0, locked: 1 });
    expect((await client.discharge(id)).descriptor).toBe(outcome.accepted);
    expect((await client.settled()).descriptor).toBe(outcome.accepted);
    expect(counts()).toEqual({ active: 1, locked: 0 });
  });

  it('does nothing when it is rolled back, and can then be tried again', async () => {
    const { client, counts } = await start();
    await client.send(messageOf('first'));
    const delivery = await client.receive();
    const id = await client.declare();
    await client.send(messageOf('second'), { transactionId: id });
    await client.complete(delivery, id);
    expect((await client.discharge(id, true)).descriptor).toBe(outcome.accepted);
    expect(counts()).toEqual({ active: 0, locked: 1 });
    expect(conditionIn(await client.discharge(id))).toBe('amqp:transaction:unknown-id');
    client.raw.write(settle(delivery));
    expect((await client.settled()).descriptor).toBe(outcome.accepted);
    expect(counts()).toEqual({ active: 0, locked: 0 });
  });

  it('does nothing if a lock has ended before it is committed', async () => {
    const { client, clock, counts } = await start();
    await client.send(messageOf('first'));
    const delivery = await client.receive();
    const id = await client.declare();
    await client.send(messageOf('second'), { transactionId: id });
    await client.complete(delivery, id);
    clock.advance(60_000);
    expect(conditionIn(await client.discharge(id))).toBe('amqp:transaction:rollback');
    expect(counts()).toEqual({ active: 1, locked: 0 });
  });

  it('does nothing if its client goes, or gives up the coordinator', async () => {
    const { client, counts, emulator } = await start();
    const id = await client.declare();
    await client.send(messageOf('never'), { transactionId: id });
    client.raw.write(detach(links.coordinator));
    await client.raw.next('detach');
    expect(conditionIn(await client.send(messageOf('x'), { transactionId: id }))).toBe('amqp:transaction:unknown-id');
    const gone = await TransactionClient.begin(emulator.port);
    await gone.send(messageOf('never'), { transactionId: await gone.declare() });
    gone.raw.end();
    await gone.raw.ended();
    await until(() => expect(counts()).toEqual({ active: 0, locked: 0 }));
  });

  it('may send to other queues than its first, but completes in that one only', async () => {
    const { client, emulator } = await start();
    await client.send(messageOf('foreign'), { handle: links.otherSender });
    const foreign = await client.receive(links.otherReceiver);
    const id = await client.declare();
    await client.send(messageOf('x'), { handle: links.otherSender, transactionId: id });
    expect(conditionIn(await client.complete(foreign, id))).toBe('amqp:not-allowed');
    await client.discharge(id);
    expect(emulator.inspect(other)).toMatchObject({ active: [{}], locked: [{}] });
  });
});

describe('the coordinator', () => {
  it('refuses what it does not understand', async () => {
    const { client } = await start();
    for (const nonsense of [messageOf('make coffee'), Buffer.from('no message')]) {
      expect(conditionIn(await client.send(nonsense, { handle: links.coordinator }))).toBe('amqp:not-implemented');
    }
  });
});
