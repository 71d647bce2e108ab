import { isVerdict, type Verdict } from '../../../domain/dead-letter.ts';
import { isMessageId, parseMessageId } from '../../../domain/message-id.ts';
import type { Answer } from '../../../domain/operator-decisions.ts';
import { type MessageIdentity, parseSource } from '../../../domain/work-key.ts';
import type { ApiRequest } from '../api-request.ts';
import { readBody } from '../request-body.ts';

/** What a form asked for cannot be done. The message says why, and what to do. */
export class ActRefused extends Error {
  override readonly name = 'ActRefused';
}

/** What is asked for, by a link or by a form. */
export type Fields = { readonly get: (name: string) => string | null };

export function verdictIn(fields: Fields): Verdict {
  const verdict = fields.get('verdict') ?? '';
  if (isVerdict(verdict)) return verdict;
  throw new ActRefused('There is no such verdict.');
}

export function stepIn(fields: Fields): number {
  const step = fields.get('step') ?? '';
  if (/^\d{1,4}$/.test(step)) return Number(step);
  throw new ActRefused('It names no step.');
}

export function answerIn(fields: Fields): Answer['outcome'] {
  const result = fields.get('result')?.trim() ?? '';
  if (fields.get('answer') === 'not-done') return { kind: 'not-done' };
  if (fields.get('answer') !== 'done') throw new ActRefused('Say whether the step was done.');
  try {
    return { kind: 'done', result: result === '' ? null : JSON.stringify(JSON.parse(result)) };
  } catch {
    throw new ActRefused('The result is not JSON. A text needs quotes: "receipt 7".');
  }
}

export function messageIn(fields: Fields): MessageIdentity {
  const id = parseMessageId(fields.get('id') ?? '');
  if (!isMessageId(id)) throw new ActRefused(`The message ID ${id.problem}`);
  const given = fields.get('source') || undefined;
  if (given === undefined) return { id };
  const source = parseSource(given);
  if (typeof source !== 'string') throw new ActRefused(`The source ${source.problem}`);
  return { id, source };
}

/** Far more than the longest form of this page has. */
const mostFormBytes = 65_536;

/** What a form was filled in with. */
export async function formOf(request: ApiRequest): Promise<URLSearchParams> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) throw new ActRefused('It is not a form.');
  const body = await readBody(request, mostFormBytes);
  if (typeof body === 'string') throw new ActRefused('The form is too long, or was cut off.');
  return new URLSearchParams(Buffer.from(body).toString());
}
