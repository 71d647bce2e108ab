import type { ServiceBusMessage } from '@azure/service-bus';
import rhea from 'rhea';
import { describe, expect, it } from 'vitest';
import { messageIdText } from '../../../src/adapters/service-bus/message-id-text.ts';
import { connect, queueName, startQueue } from './queue-fixture.ts';
import { complete, receiverFor } from './receiver-fixture.ts';

const uuid = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
const uuidBytes = Buffer.from(uuid.replaceAll('-', ''), 'hex');
const ulong = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};
const { wrap_binary: binary, wrap_ulong: asUlong, wrap_uuid: asUuid } = rhea.types;

describe('The ID of a message', () => {
  it.each<[string, unknown, string | object]>([
    ['a string', '77.0', '77.0'],
    ['a string of digits', '77', '77'],
    ['a string that is a UUID', uuid, uuid],
    ['a long string', 'ä'.repeat(128), 'ä'.repeat(128)],
    ['an unsigned long', 77, '77'],
    ['zero', 0, '0'],
    ['the largest that JavaScript holds', Number.MAX_SAFE_INTEGER, '9007199254740991'],
    ['one that no number holds', asUlong(ulong(12_345_678_901_234_567_890n)), '12345678901234567890'],
    ['the one after it', asUlong(ulong(12_345_678_901_234_567_891n)), '12345678901234567891'],
    ['the largest', asUlong(ulong(2n ** 64n - 1n)), '18446744073709551615'],
    ['a UUID', asUuid(uuidBytes), uuid],
    ['one that the SDK has rounded', asUlong(ulong(2n ** 53n + 1n)), { problem: expect.stringContaining('exactly') }],
    ['binary', binary(Buffer.from('abc')), { problem: expect.stringContaining('binary') }],
    ['binary of 16 bytes', binary(uuidBytes), { problem: expect.stringContaining('binary') }],
    ['binary of 16 bytes that looks like a UUID', binary(Buffer.alloc(16, 0x98)), { problem: expect.anything() }],
    ['binary of 8 bytes', binary(Buffer.alloc(8, 0x80)), { problem: expect.stringContaining('binary') }],
    ['binary of 152 bytes', binary(Buffer.alloc(152, 1)), { problem: expect.stringContaining('binary') }],
  ])('that is %s arrives as the text that every host shows of it', async (_what, sent, text) => {
    const client = connect(await startQueue());
    const message = { body: Buffer.from('x'), bodyType: 'data', properties: { messageId: sent } };
    await client.createSender(queueName).sendMessages(message as unknown as ServiceBusMessage);
    const { receiver, delivery } = receiverFor(client);
    await receiver.start();
    const { message: received, settle } = await delivery(0);
    expect(received.messageId).toEqual(text);
    settle(complete);
  });

  it('is never guessed', () => {
    expect(messageIdText(undefined)).toBeUndefined();
    expect(messageIdText(null)).toBeUndefined();
    for (const id of [-1, 1.5, 2 ** 53, Number.NaN, true, {}, [], new Uint8Array(16)]) {
      expect(messageIdText(id)).toEqual({ problem: expect.any(String) });
    }
  });
});
