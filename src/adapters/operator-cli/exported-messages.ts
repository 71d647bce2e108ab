import type { ExportedMessage } from '../../application/operate/dead-letters.ts';
import { isMessageId, parseMessageId } from '../../domain/message-id.ts';

/** What is in an export, or what is wrong with its lines, each a sentence with the line's number. */
export type ReadExport = { readonly messages: readonly ExportedMessage[] } | { readonly problems: readonly string[] };

const texts = [
  'contentType',
  'subject',
  'correlationId',
  'replyTo',
  'to',
  'sessionId',
  'partitionKey',
  'sequenceNumber',
];

/** Reads what "isb dead export" has written: one JSON object a line, with the body in Base64. */
export async function readExport(lines: AsyncIterable<string>): Promise<ReadExport> {
  const messages: ExportedMessage[] = [];
  const problems: string[] = [];
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    const read = messageIn(line);
    if (typeof read === 'string') problems.push(`Line ${number} ${read}`);
    else messages.push(read);
  }
  return problems.length > 0 ? { problems } : { messages };
}

/** The message, or the end of a sentence about what is wrong. */
function messageIn(line: string): ExportedMessage | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'is not JSON.';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is not a JSON object.';
  const members = value as Readonly<Record<string, unknown>>;
  const { messageId, body, applicationProperties = {}, notRepeatable } = members;
  if (typeof notRepeatable === 'string') return `cannot be sent as it came: ${notRepeatable}.`;
  const id = parseMessageId(messageId);
  if (!isMessageId(id)) return `has a messageId that ${id.problem}`;
  const bytes = typeof body === 'string' ? Buffer.from(body, 'base64') : undefined;
  if (bytes === undefined || bytes.toString('base64') !== body) return 'has no body in Base64.';
  const wrong = texts.find((name) => members[name] !== undefined && typeof members[name] !== 'string');
  if (wrong !== undefined) return `has a ${wrong} that is not a text.`;
  if (!areProperties(applicationProperties)) {
    return 'has applicationProperties that are not texts, numbers, booleans or null.';
  }
  const given = Object.fromEntries(texts.flatMap((name) => (name in members ? [[name, members[name]]] : [])));
  return { ...given, messageId: id, body: bytes, applicationProperties };
}

function areProperties(value: unknown): value is ExportedMessage['applicationProperties'] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((each) => each === null || ['string', 'number', 'boolean'].includes(typeof each));
}
