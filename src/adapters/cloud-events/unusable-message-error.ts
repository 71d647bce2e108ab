import { DeliveryError } from '../../domain/errors.ts';

/** What was received cannot be processed: it names no work. There is no lock for it; it ends in the dead-letter queue. */
export class UnusableMessageError extends DeliveryError {
  override readonly name = 'UnusableMessageError';
  readonly isFinal = true;
  constructor(why: string, cause?: unknown) {
    super(`${why} Send a CloudEvents 1.0 event in structured JSON mode, or set the Service Bus message ID to a text.`, {
      cause,
    });
  }
}
