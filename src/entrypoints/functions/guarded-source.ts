import type { InvocationContext } from '@azure/functions';
import { bodyAsUnguarded } from '../../adapters/azure-functions/guarded-trigger.ts';
import { withSchema } from '../../application/content/checked-content.ts';
import type { IdOf } from '../../application/content/id-of.ts';
import type { StandardSchema } from '../../application/content/standard-schema.ts';
import { asError } from '../../application/error-text.ts';
import type { HandlerContext, MessageHandler } from '../../application/ports/message-handler.ts';
import type { GuardedEntity } from '../../application/settings/source-problems.ts';
import { resultText } from '../../application/work/stored-result.ts';
import type { DeliveredMessage } from '../../domain/message.ts';
import { invocationLog } from './invocation-log.ts';

/** What a guarded function adds to the host's context of an invocation. */
export interface GuardedContext extends InvocationContext, HandlerContext {
  /** The message as its sender sent it, its content exact. */
  readonly message: DeliveredMessage;
}

/** What is particular to the guard of one function. */
export interface GuardOptions<Body> {
  /** An existing handler works unchanged: its first argument is what the host would have handed it. */
  readonly handler: (message: Body, context: GuardedContext) => unknown;
  /** The folder of the locks. Default: the path of the queue or subscription, in lower case. */
  readonly scope?: string | undefined;
  /** What a message is known by, in the place of its own ID. */
  readonly idOf?: IdOf | undefined;
  /** Any Standard Schema (zod, valibot, arktype): what does not fit fails for good, and the handler gets what it makes of it. */
  readonly schema?: StandardSchema<Body> | undefined;
  /** What this queue or subscription is set to. Default: the setting MAX_DELIVERY_COUNT. */
  readonly maxDeliveryCount?: number | undefined;
}

/** How the host reads the body, which an existing function may say: its handler then gets it so. */
export interface BodyOptions {
  readonly dataType?: 'binary' | 'string' | 'stream' | 'undefined' | undefined;
}

/** One function whose messages are guarded. */
export interface GuardedSource {
  readonly entity: GuardedEntity;
  readonly scope: string;
  readonly idOf: IdOf | undefined;
  readonly maxDeliveryCount: number | undefined;
  /** Why it could not keep a promise, a sentence each. */
  readonly problems: readonly string[];
  /** The work on the message of one invocation. */
  readonly workOn: (body: unknown, invocation: InvocationContext) => MessageHandler;
}

/** The work of `handler` as the host would have called it. */
export const asUnguarded =
  <Body>({ handler, schema, dataType }: GuardOptions<Body> & BodyOptions) =>
  (body: unknown, invocation: InvocationContext): MessageHandler => {
    const kept = (result: unknown): unknown => keptResult(result, invocation);
    // The host's own object, since its methods work on no other. It belongs to this invocation alone.
    const guarded = (context: HandlerContext, message: DeliveredMessage): GuardedContext =>
      Object.assign(invocation, context, { message });
    if (schema !== undefined) {
      return withSchema(schema, async (message, context) =>
        kept(await handler(message.content.value, guarded(context, message))),
      );
    }
    return async (message, context) =>
      kept(await handler(bodyAsUnguarded(body, dataType) as Body, guarded(context, message)));
  };

/** The host ignores what a handler returns, so an existing one may return anything: what a lock cannot keep, it does not. */
function keptResult(result: unknown, { functionName }: InvocationContext): unknown {
  try {
    resultText('the handler', result);
    return result;
  } catch (error) {
    const sentence = `The result of ${functionName} is not kept. ${asError(error).message}`;
    invocationLog('warn', sentence, { event: 'result-not-kept' });
    return undefined;
  }
}
