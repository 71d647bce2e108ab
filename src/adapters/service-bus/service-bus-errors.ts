import { isServiceBusError, type ServiceBusErrorCode } from '@azure/service-bus';
import { TimeLimitError } from './time-limit.ts';

/** Why nothing can be received: the namespace is there, but not such a queue; it does not let us; or it does not answer. */
export type InterruptionReason = 'queue-not-found' | 'unauthorized' | 'unreachable';

/** The queue takes no message of this size. */
export const isTooLarge = (error: unknown): boolean => codeOf(error) === 'MessageSizeExceeded';

/** The peek-lock has ended: the message is settled, or will be delivered again. */
export const isPeekLockLost = (error: unknown): boolean => codeOf(error) === 'MessageLockLost';

/** The session is another receiver's now, or can be. */
export const isSessionLost = (error: unknown): boolean => codeOf(error) === 'SessionLockLost';

/** There is no session that could be received, for now. */
export const isWithoutSession = (error: unknown): boolean =>
  ['ServiceTimeout', 'SessionCannotBeLocked'].includes(codeOf(error) ?? '');

/** No answer came in time. */
export const isUnanswered = (error: unknown): boolean =>
  error instanceof TimeLimitError || codeOf(error) === 'ServiceTimeout';

export function interruptionReason(error: unknown): InterruptionReason {
  const code = codeOf(error);
  if (code === 'MessagingEntityNotFound') return 'queue-not-found';
  return code === 'UnauthorizedAccess' ? 'unauthorized' : 'unreachable';
}

/** The error of the last try: after several the SDK throws an AggregateError of all, with neither code nor message. */
export const lastError = (error: unknown): unknown => (error instanceof AggregateError ? error.errors.at(-1) : error);

/** Why a message was not confirmed, in words if somebody's hand is needed. */
export function sendingFailure(queueName: string, error: unknown): unknown {
  const cause = lastError(error);
  switch (codeOf(error)) {
    case 'UnauthorizedAccess':
      return new Error(
        `The queue ${queueName} does not let us send. Check ServiceBusConnection: it needs the right to send, and an identity the role "Azure Service Bus Data Sender".`,
        { cause },
      );
    case 'MessagingEntityNotFound':
      return new Error(`There is no queue ${queueName}. Check QUEUE_NAME, or create the queue.`, { cause });
    default:
      return cause;
  }
}

/** Why the queue, topic or subscription `name` cannot be used, in words; undefined if `error` is about something else. */
export function whyUnusable(name: string, error: unknown): string | undefined {
  const last = lastError(error);
  if (!(last instanceof Error) || !sdkErrors.includes(last.name)) return undefined;
  switch (codeOf(last)) {
    case 'UnauthorizedAccess':
      return `${name} does not let us in: check ServiceBusConnection, which needs the rights to receive and to send. ${last.message}`;
    case 'MessagingEntityNotFound':
      return `There is no ${name} in the namespace of ServiceBusConnection. ${last.message}`;
    default:
      return `${name} cannot be reached: ${last.message}`;
  }
}

const sdkErrors = ['ServiceBusError', 'MessagingError', 'TimeLimitError', 'AbortError', 'TokenError'];

function codeOf(error: unknown): ServiceBusErrorCode | undefined {
  const last = lastError(error);
  return isServiceBusError(last) ? last.code : undefined;
}
