/** What whoever writes a handler needs, whichever host runs it. */

export { type CheckedMessage, withSchema } from '../../application/content/checked-content.ts';
export type { IdOf, MessageToName } from '../../application/content/id-of.ts';
export type { StandardSchema } from '../../application/content/standard-schema.ts';
export type {
  HandlerContext,
  MessageHandler,
  RunStep,
  StepContext,
  StepOptions,
} from '../../application/ports/message-handler.ts';
export { DeadlineError, LockLostError, ShutdownError } from '../../domain/errors.ts';
export type { Jsonified, NotKeptByJson } from '../../domain/jsonified.ts';
export type { Content, DeliveredMessage, Message, PropertyValue } from '../../domain/message.ts';
export {
  PermanentFailure,
  StepInterrupted,
  StepNotDone,
  StepOrderError,
  StepUsageError,
  UnstorableResultError,
} from '../../domain/step-errors.ts';
