import fc from 'fast-check';
import { hostileTexts } from './arbitraries.ts';

/** What somebody put on the queue: anything that AMQP can carry. */
export interface HostileMessage {
  /** Bytes of a data section; or the value of another kind of section, as the SDK decodes it. */
  readonly body: unknown;
  readonly messageId: unknown;
  readonly contentType: unknown;
  readonly applicationProperties: Readonly<Record<string, unknown>> | undefined;
  /** As the broker counts, from 0; a broker gone wrong counts otherwise. */
  readonly deliveryCount: number | undefined;
}

/** Texts that some host, parser or path takes for something else than they are. */
const treacherousTexts = fc.constantFrom(
  ...['', ' ', '0', '-0', '1', '1.0', '1e3', '007', ' 1', '+1', '0x10', '9007199254740993', '12345678901234567890'],
  ...[
    'true',
    'null',
    'undefined',
    'NaN',
    '"a"',
    '[1]',
    '{}',
    '{"id":"a"}',
    '../',
    '../../x',
    '/',
    '\\',
    '%2F',
    '%2e%2e',
  ],
  ...['.', '..', '...', 'a/b', 'lock-a.lock', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '\0', '\r\n'],
  ...['\ud800', 'a\udc00', '\ufeffa', 'é', 'e\u0301', 'K', '\u212a', '\u{1f600}', 'a'.repeat(128), 'a'.repeat(129)],
  ...['ü'.repeat(128), '\u{1f600}'.repeat(64), '\u{1f600}'.repeat(65), '\u4e00'.repeat(128), 'x'.repeat(5000)],
);

const ids: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileTexts(1, 128) },
  { weight: 4, arbitrary: treacherousTexts },
  { weight: 2, arbitrary: fc.uuid() },
  { weight: 1, arbitrary: hostileTexts(120, 140) },
  {
    weight: 2,
    arbitrary: fc.oneof(
      fc.constantFrom(undefined, null, true, 0, -1, 1.5, 2 ** 53, 1e300, Number.NaN, [], {}, ['a'], { id: 'a' }),
      fc.integer(),
      fc.double(),
    ),
  },
);

/** A name that a host knows, in some case, or any. */
const names = fc.oneof(
  fc.constantFrom('messageId', 'MessageID', 'deliveryCount', 'DELIVERYCOUNT', 'contentType', 'sequenceNumber'),
  fc.constantFrom('enqueuedTime', 'expiresAt', '__proto__', 'constructor', 'toString', 'toJSON', 'then', 'length', ''),
  hostileTexts(1, 12),
);

const values: fc.Arbitrary<unknown> = fc.oneof(fc.jsonValue({ maxDepth: 3 }), treacherousTexts, fc.double());

/** JSON text of an object with these members, which may stand in it twice. */
const objectText = (members: readonly (readonly [string, unknown])[]): string =>
  `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value) ?? 'null'}`).join(',')}}`;

const validEvent = {
  specversion: '1.0',
  id: 'order-1',
  source: '/hostile',
  type: 'hostile',
  time: '2026-11-22T12:00:00Z',
  datacontenttype: 'application/json',
  data: 1,
};

/** An event that is right but for some of its members. */
const eventTexts = fc
  .record({
    id: ids,
    data: fc.oneof(values, fc.constant(undefined)),
    broken: fc.array(
      fc.tuple(
        fc.constantFrom('specversion', 'id', 'source', 'type', 'time', 'datacontenttype', 'data_base64', 'traceparent'),
        fc.oneof(values, fc.constantFrom('1.0', '0.3', 1.0, 'YQ==', 'YQ', 'Y=Q=', '====')),
      ),
      { maxLength: 2 },
    ),
    more: fc.array(fc.tuple(names, values), { maxLength: 2 }),
  })
  .map(({ id, data, broken, more }) =>
    objectText([
      ...Object.entries({ ...validEvent, id, data }).filter(([, value]) => value !== undefined),
      ...broken,
      ...more,
    ]),
  );

const deepTexts = fc
  .record({ depth: fc.constantFrom(10, 900, 1100, 20_000), isEvent: fc.boolean(), id: ids })
  .map(({ depth, isEvent, id }) => {
    const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`;
    return isEvent
      ? objectText([...Object.entries({ ...validEvent, id, data: 0 })]).replace('"data":0', `"data":${deep}`)
      : deep;
  });

/** Numbers, keys and texts that JSON can say and JavaScript cannot hold, or holds otherwise. */
const lossyTexts = fc.constantFrom(
  ...['{"n":12345678901234567890}', '{"a":1,"a":2}', '{"__proto__":{"id":"x"}}', '"\\ud800"', '[1e400]', '-0', '1E5'],
  ...[
    '{"specversion":"1.0","id":1e3,"source":"/","type":"t"}',
    '{"specversion":"1.0","id":"\\ud800","source":"/","type":"t"}',
  ],
  ...[
    '{"specversion":"1.0","id":"a","id":"b","source":"/","type":"t","data":{}}',
    '{"specversion":"1.0"}',
    '{}',
    '[]',
    'null',
  ],
);

const texts = fc.oneof(
  { weight: 8, arbitrary: eventTexts },
  { weight: 3, arbitrary: fc.json({ maxDepth: 3 }) },
  { weight: 3, arbitrary: fc.array(fc.tuple(names, values), { maxLength: 4 }).map(objectText) },
  { weight: 2, arbitrary: lossyTexts },
  { weight: 2, arbitrary: treacherousTexts },
  { weight: 1, arbitrary: deepTexts },
);

/** A text in the bytes that somebody took for the right ones. */
const encodings: readonly ((text: string) => Buffer)[] = [
  (text) => Buffer.from(text),
  (text) => Buffer.from(text),
  (text) => Buffer.from(text),
  (text) => Buffer.from(text),
  (text) => Buffer.from(`\ufeff${text}`),
  (text) => Buffer.from(text, 'utf16le'),
  (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  (text) => Buffer.from(text, 'latin1'),
  (text) => Buffer.from(text).subarray(0, -1),
  (text) => Buffer.from(`${text}\0`),
  (text) => Buffer.from(`${text}${text}`),
  (text) => Buffer.from(Buffer.from(text).toString('base64')),
];

/** The most that the standard tier of the service takes, with what AMQP adds to it. */
const largestBody = 255 * 1024;

const bytes: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 20, arbitrary: fc.tuple(texts, fc.constantFrom(...encodings)).map(([text, encode]) => encode(text)) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 64 }).map((each) => Buffer.from(each)) },
  { weight: 1, arbitrary: fc.constant(Buffer.alloc(0)) },
);

const largeBytes: fc.Arbitrary<Buffer> = fc
  .record({ size: fc.constantFrom(largestBody, largestBody - 1, 64 * 1024), id: ids, isEvent: fc.boolean() })
  .map(({ size, id, isEvent }) => {
    if (!isEvent) return Buffer.alloc(size, 'a');
    const event = objectText(Object.entries({ ...validEvent, id, data: '' }));
    return Buffer.from(event.replace('"data":""', `"data":"${'x'.repeat(Math.max(0, size - event.length))}"`));
  });

/** What the SDK makes of the sections that are no bytes. */
const sectionValues: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(undefined, null, Number.NaN, new Date(0), new Map([['a', 1]]), 10n, [[1], [2]], 'a text'),
);

const contentTypes = fc.oneof(
  fc.constantFrom(
    undefined,
    'application/json',
    'application/cloudevents+json',
    'Application/CloudEvents+JSON; charset=x',
  ),
  fc.constantFrom('application/cloudevents-batch+json', 'text/plain', '', '\0', 'x'.repeat(10_000), 7, null, true),
);

/** Most of them of everyday size; each can be put on a queue, but for those with another delivery count. */
export const hostileMessages: fc.Arbitrary<HostileMessage> = fc.record({
  body: fc.oneof(
    { weight: 40, arbitrary: bytes },
    { weight: 3, arbitrary: sectionValues },
    { weight: 1, arbitrary: largeBytes },
  ),
  messageId: ids,
  contentType: contentTypes,
  applicationProperties: fc.oneof(
    fc.constant(undefined),
    fc.array(fc.tuple(names, values), { maxLength: 3 }).map((members) => Object.fromEntries(members)),
  ),
  deliveryCount: fc.oneof(
    { weight: 8, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.constantFrom(undefined, 1, 8, 9, 10, 2 ** 32 - 1, -1, -2, 0.5, Number.NaN) },
  ),
});
