import { describe, expect, it } from 'vitest';
import { queue, startEmulator, until } from '../emulator-fixture.ts';
import {
  type Described,
  described,
  type Encoded,
  int,
  list,
  map,
  nil,
  string,
  symbol,
  timestamp,
  uint,
} from './encoding.ts';
import { attach, credit, detach, errorIn, type Frame, RawClient, target, transfer } from './raw-client.ts';
import { bodyOf, propertiesOf, request, requester } from './requester.ts';

const withSessions = { entities: { queues: [{ name: queue, requiresSession: true, lockDurationMs: 60_000 }] } };

const sessionSource = (filter: Encoded) =>
  described(
    0x28,
    list(string(queue), nil, nil, nil, nil, nil, nil, map(symbol('com.microsoft:session-filter'), filter)),
  );

/** A receiver's first frame, that asks for a session: by name, or for the next. */
const attachTo = (filter: Encoded, timeoutMs?: number) =>
  attach({
    from: sessionSource(filter),
    to: target('me'),
    more: timeoutMs === undefined ? [] : [nil, nil, nil, map(symbol('com.microsoft:timeout'), uint(timeoutMs))],
  });

const sourceOf = ({ fields }: Frame) => fields[5];
const filterOf = (frame: Frame) => ((sourceOf(frame) as Described).value as unknown[])[7];

describe('an attach to a session', () => {
  it.each([
    ['a text', string('a')],
    ['a described text', described(symbol('com.microsoft:session-filter'), string('a'))],
  ])('that names it with %s is answered with it, and until when it is locked in ticks', async (_, filter) => {
    const { emulator, clock } = await startEmulator(withSessions);
    const client = await RawClient.begin(emulator.port);
    client.write(attachTo(filter));
    const answer = await client.next('attach');
    expect(filterOf(answer)).toEqual(new Map([['com.microsoft:session-filter', 'a']]));
    const ticks = (answer.fields[13] as Map<string, number>).get('com.microsoft:locked-until-utc') ?? 0;
    expect((ticks - 621_355_968_000_000_000) / 10_000).toBeCloseTo(clock.now() + 60_000, -1);
  });

  it('is answered with a refusal if somebody has it', async () => {
    const { emulator } = await startEmulator(withSessions);
    const [client, other] = [await RawClient.begin(emulator.port), await RawClient.begin(emulator.port)];
    client.write(attachTo(string('a')));
    await client.next('attach');
    other.write(attachTo(string('a')));
    expect(sourceOf(await other.next('attach'))).toBeNull();
    expect(errorIn(await other.next('detach'))).toMatchObject({ condition: 'com.microsoft:session-cannot-be-locked' });
  });

  it('delivers at once what credit came for with it', async () => {
    const { emulator, sender } = await startEmulator(withSessions);
    await sender.sendMessages({ body: 1, sessionId: 'a' });
    const client = await RawClient.begin(emulator.port);
    client.write(attachTo(nil), credit(1));
    await client.next('transfer');
    expect(client.frames.map(({ name }) => name)).toEqual(['open', 'begin', 'attach', 'transfer']);
  });
});

describe('an attach to the next session', () => {
  it('is answered once there is one, and credit that came before counts', async () => {
    const { emulator, sender } = await startEmulator(withSessions);
    const client = await RawClient.begin(emulator.port);
    client.write(attachTo(nil), credit(1));
    await sender.sendMessages({ body: 1, sessionId: 'a' });
    expect(filterOf(await client.next('attach'))).toEqual(new Map([['com.microsoft:session-filter', 'a']]));
    await client.next('transfer');
  });

  it('is refused when there was none for as long as the client says', async () => {
    const { emulator, clock } = await startEmulator(withSessions);
    const client = await RawClient.begin(emulator.port);
    client.write(attachTo(nil, 5_000));
    await until(() => expect(clock.pending).toBe(1));
    clock.advance(4_999);
    expect(client.frames.map(({ name }) => name)).not.toContain('attach');
    clock.advance(1);
    expect(sourceOf(await client.next('attach'))).toBeNull();
    expect(errorIn(await client.next('detach'))).toMatchObject({ condition: 'com.microsoft:timeout' });
  });

  it('that the client takes back is answered, and gets no session', async () => {
    const { emulator, sender, client: sdk } = await startEmulator(withSessions);
    const client = await RawClient.begin(emulator.port);
    client.write(attachTo(nil), detach());
    await client.next('detach');
    expect(client.frames.map(({ name }) => name)).toEqual(['open', 'begin', 'attach', 'detach']);
    await sender.sendMessages({ body: 1, sessionId: 'a' });
    expect((await sdk.acceptNextSession(queue)).sessionId).toBe('a');
  });
});

describe('a request about sessions', () => {
  it('lists those that have messages, in pages', async () => {
    const { emulator, sender } = await startEmulator(withSessions);
    await sender.sendMessages(['a', 'b', 'c', 'a'].map((sessionId, body) => ({ body, sessionId })));
    const client = await requester(emulator.port);
    let deliveryId = 0;
    const page = async (skip: number) => {
      const time = [string('last-updated-time'), timestamp(Date.UTC(9999, 11, 31))];
      const body = map(...time, string('skip'), int(skip), string('top'), int(2));
      client.write(transfer(request('get-message-sessions', body), { deliveryId }));
      deliveryId += 1;
      const { payload } = await client.next('transfer');
      return [
        propertiesOf(payload).get('statusCode'),
        bodyOf(payload).get('skip'),
        bodyOf(payload).get('sessions-ids'),
      ];
    };
    expect(await page(0)).toEqual([200, 2, ['a', 'b']]);
    expect(await page(2)).toEqual([200, 3, ['c']]);
    expect(await page(3)).toEqual([204, undefined, undefined]);
  });

  it('is refused to one who does not have the session', async () => {
    const { emulator, client: sdk } = await startEmulator(withSessions);
    await sdk.acceptSession(queue, 'a');
    const client = await requester(emulator.port);
    client.write(transfer(request('get-session-state', map(string('session-id'), string('a')))));
    const { payload } = await client.next('transfer');
    expect(propertiesOf(payload).get('statusCode')).toBe(410);
    expect(propertiesOf(payload).get('errorCondition')).toBe('com.microsoft:session-lock-lost');
  });
});
