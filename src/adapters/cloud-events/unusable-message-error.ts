import { DeliveryError } from '../../domain/errors.ts';

/** What was received cannot be processed: it names no work. There is no lock for it; it ends in the dead-letter queue. */
export class UnusableMessageError extends DeliveryError {
  override readonly name = 'UnusableMessageError';
  readonly isFinal = true;
  /** `why` is what is wrong, and `advice` what its sender can do about that, if `why` does not say it: a sentence each. */
  constructor(why: string, advice?: string, cause?: unknown) {
    super(advice === undefined ? why : `${why} ${advice}`, { cause });
  }
}
