import { inspect } from 'node:util';
import type { HandlerContext, MessageHandler } from '../application/ports/message-handler.ts';
import type { DeliveredMessage } from '../domain/message.ts';

/** The handler of a guarded function, as `guard.queue` takes it. */
export type FunctionHandler<Body, Context> = (message: Body, context: Context) => unknown;

/**
 * The handler of a guarded function as `runHandler` takes it: its first argument is the JSON value, or the bytes; its context is
 * that of a host, as far as a test needs one: what is logged goes to `log`.
 */
export const functionHandler =
  <Body, Context extends HandlerContext>(
    handler: FunctionHandler<Body, Context>,
    { functionName = 'test', log = (): void => {} }: { functionName?: string; log?: (line: string) => void } = {},
  ): MessageHandler =>
  async (message: DeliveredMessage, context: HandlerContext) => {
    const tell = (...parts: readonly unknown[]): void =>
      log(parts.map((part) => (typeof part === 'string' ? part : inspect(part))).join(' '));
    const logs = { log: tell, trace: tell, debug: tell, info: tell, warn: tell, error: tell };
    const invocation = { functionName, invocationId: 'test', options: {}, triggerMetadata: {}, ...logs };
    const { content } = message;
    const body = content.kind === 'json' ? content.value : Buffer.from(content.bytes);
    return handler(body as Body, { ...invocation, ...context, message } as unknown as Context);
  };
