/** What whoever writes a handler needs, whichever host runs it. */

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
