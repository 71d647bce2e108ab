import rhea, { type Typed } from 'rhea';
import type { AmqpError } from './answer.ts';
import type { Reply } from './request-link.ts';

const { types } = rhea;

type ReplyBody = Readonly<Record<string, unknown>>;

export const success = (body: ReplyBody): Reply => status(200, 'OK', body);
export const noContent = (): Reply => status(204, 'No Content', {});
export const failure = (code: number, { condition, description }: AmqpError): Reply =>
  status(code, description, {}, { errorCondition: types.wrap_symbol(condition) });

const status = (code: number, description: string, body: ReplyBody, more: Record<string, Typed> = {}): Reply => ({
  applicationProperties: { statusCode: types.wrap_int(code), statusDescription: description, ...more },
  body,
});
