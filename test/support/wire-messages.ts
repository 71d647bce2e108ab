import fc from 'fast-check';
import { ownSource } from './received.ts';

/** An AMQP message ID as a sender encodes it. */
export type WireId =
  | { readonly type: 'string'; readonly text: string }
  | { readonly type: 'ulong'; readonly value: bigint }
  | { readonly type: 'uuid'; readonly text: string }
  | { readonly type: 'binary'; readonly bytes: Buffer };

/** A message as it is on the wire, and what it is. */
export interface WireMessage {
  readonly messageId: WireId;
  readonly contentType: string | undefined;
  readonly applicationProperties: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Source, if it counts, and ID, told without any code of the product. Undefined if it must be refused. */
  readonly identity: readonly [source: string | null, id: string] | undefined;
}

/** Texts in families: those of one family are one and the same to some parser, file system, URL or eye. */
const families = [
  ['77', '77.0', ' 77', '77 ', '7.7e1', '077', '+77', '0x4d', '"77"', '\uff17\uff17', '77\n'],
  ['35732122e2', '3573212200', '3573212200.0'],
  ['12345678901234567890', '12345678901234567891', '12345678901234567000', '1.2345678901234567e19'],
  ['0', '-0', '0.0', '00', '0e0'],
  ['abc', '"abc"', 'ABC', 'Abc', 'abc ', "'abc'", 'a\\u0062c', '\ufeffabc', 'abc\0'],
  ['true', 'True', 'null', 'undefined', '[1]', '{"a":1}', '{ "a": 1 }'],
  ['\u00e9', 'e\u0301', '\u00c9', '\u00c3\u00a9', '%C3%A9', '~C3~A9'],
  ['a/b', 'a~2Fb', 'a%2Fb', 'a%252Fb', 'a\\b', 'a:b', 'a~~b', '~~', '~', '.', '..', '/'],
  ['~2Fshop~~1', '/shop~~1', '1', '1.0', '/shop 1', 'lock-1', '1.lock', '1 of source /shop'],
  ['6ba7b810-9dad-11d1-80b4-00c04fd430c8', '6BA7B810-9DAD-11D1-80B4-00C04FD430C8', '6ba7b8109dad11d180b400c04fd430c8'],
  ['K', '\u212a', 'k', 'i', '\u0131', 'I', '\u0130', '\u00df', 'ss', '\ufb01', 'fi'],
  ['x'.repeat(128), `${'x'.repeat(127)}X`, '\u4e00'.repeat(128), '\u4e01'.repeat(128)],
] as const;

const sources = [
  '/shop',
  '/shop/',
  '/Shop',
  '~2Fshop',
  '/shop~~1',
  '/',
  '//',
  `${ownSource}/`,
  'https://a.example/b?c=1#d',
];

/** Every text, and every source beside which it can stand. Two of one family are more likely to meet. */
export const confusingTexts: readonly string[] = families.flat();
export const confusingSources: readonly string[] = [...sources, 's'.repeat(1024), '\u4e00'.repeat(1024)];

const texts = fc.constantFrom(...families).chain((family) => fc.constantFrom<string>(...family));
const json = Buffer.from('{"n":1}');
const isUuid = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
/** Between the two, the SDK rounds: what was sent cannot be told. */
const isRounded = (value: bigint): boolean => value > 2n ** 53n - 1n && value < 2n ** 53n + 2n ** 32n;

const asString = (text: string): WireId => ({ type: 'string', text });

/** The types that an ID of this text can have on the wire. */
const wireIdsOf = (text: string): readonly WireId[] => [
  asString(text),
  ...(/^(?:0|[1-9]\d*)$/.test(text) && BigInt(text) < 2n ** 64n && !isRounded(BigInt(text))
    ? [{ type: 'ulong', value: BigInt(text) } as const]
    : []),
  ...(isUuid(text) ? [{ type: 'uuid', text } as const] : []),
];

const plain = texts.chain((text) =>
  fc.constantFrom(...wireIdsOf(text)).map(
    (messageId): WireMessage => ({
      messageId,
      contentType: 'application/json',
      applicationProperties: {},
      body: json,
      identity: [null, text],
    }),
  ),
);

const binaryIds = fc.constantFrom('abc', '6ba7b810-9dad-11', '12345678').map(
  (text): WireMessage => ({
    messageId: { type: 'binary', bytes: Buffer.from(text) },
    contentType: undefined,
    applicationProperties: {},
    body: json,
    identity: undefined,
  }),
);

const identityOf = (source: string, id: string): WireMessage['identity'] => [source === ownSource ? null : source, id];

const events = fc
  .record({
    id: texts,
    source: fc.constantFrom(ownSource, ...confusingSources),
    mode: fc.constantFrom('structured', 'structured, not said', 'cloudEvents:', 'cloudEvents_'),
    brokerId: texts,
  })
  .map(({ id, source, mode, brokerId }): WireMessage => {
    const attributes = { specversion: '1.0', id, source, type: 'order.placed' };
    const common = { messageId: asString(brokerId), identity: identityOf(source, id) };
    if (mode.startsWith('structured')) {
      const contentType = mode === 'structured' ? 'application/cloudevents+json' : undefined;
      const body = Buffer.from(JSON.stringify({ ...attributes, data: { n: 1 } }));
      return { ...common, contentType, applicationProperties: {}, body };
    }
    const applicationProperties = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [mode + name, value]),
    );
    return { ...common, contentType: 'application/json', applicationProperties, body: json };
  });

/** Messages of all producers, most of which are nearly another one. */
export const wireMessages: fc.Arbitrary<WireMessage> = fc.oneof(
  { weight: 8, arbitrary: plain },
  { weight: 8, arbitrary: events },
  { weight: 1, arbitrary: binaryIds },
);

/** The ID as the .NET client, and with it the Functions host, shows it. */
export function dotnetText(id: WireId): string {
  switch (id.type) {
    case 'string':
    case 'uuid':
      return id.text;
    case 'ulong':
      return String(id.value);
    case 'binary':
      return id.bytes.toString('base64');
  }
}
