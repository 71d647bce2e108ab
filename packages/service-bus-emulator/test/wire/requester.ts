import { queue } from '../emulator-fixture.ts';
import { Decoder, Described, described, type Encoded, list, map, nil, string } from './encoding.ts';
import { attach, credit, RawClient, source, target } from './raw-client.ts';

const node = `${queue}/$management`;

/** A client with the two links that requests need, and credit for replies. */
export async function requester(port: number) {
  const client = await RawClient.begin(port);
  client.write(
    attach({ name: 'requests', role: 'sender', to: target(node) }),
    attach({ name: 'replies', handle: 1, from: source(node), to: target('me') }),
    credit(10, { handle: 1 }),
  );
  await client.next('flow');
  return client;
}

/** A message that asks for an operation. */
export const request = (operation: string, body: Encoded): Encoded =>
  Buffer.concat([
    described(0x73, list(string('request-1'), nil, nil, nil, string('me'))),
    described(0x74, map(string('operation'), string(`com.microsoft:${operation}`))),
    described(0x77, body),
  ]);

/** The sections of a message by their descriptor. */
export function sectionsOf(bytes: Buffer): Map<unknown, unknown> {
  const decoder = new Decoder(bytes);
  const sections = new Map<unknown, unknown>();
  while (decoder.remaining.length > 0) {
    const section = decoder.read();
    if (!(section instanceof Described)) throw new Error('The message has something that is not a section');
    sections.set(section.descriptor, section.value);
  }
  return sections;
}

export const bodyOf = (bytes: Buffer) => sectionsOf(bytes).get(0x77) as Map<string, unknown>;
export const propertiesOf = (bytes: Buffer) => sectionsOf(bytes).get(0x74) as Map<string, unknown>;
