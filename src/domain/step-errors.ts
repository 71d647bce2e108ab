/** Thrown by a handler: this message can never succeed. It fails at once and is not tried again. */
export class PermanentFailure extends Error {
  override readonly name: string = 'PermanentFailure';
}

/** What work or a step returned cannot be kept: it is not JSON, or it is too large. Trying again would only repeat the work. */
export class UnstorableResultError extends PermanentFailure {
  override readonly name = 'UnstorableResultError';
}

/** The steps are not those of the attempt before: the code was changed. What finished is not given to another step. */
export class StepOrderError extends Error {
  override readonly name = 'StepOrderError';
  constructor(position: number, { recorded, asked }: { readonly recorded: string; readonly asked: string }) {
    super(
      `Step ${position + 1} is recorded as "${recorded}", but the handler now asks for "${asked}". Deploy code with the ` +
        'recorded order, or send the message again under a new ID.',
    );
  }
}

/** A handler used its steps in a way that could not be resumed: what to change is in the message. */
export class StepUsageError extends Error {
  override readonly name = 'StepUsageError';
}

/** Thrown by a step that may run at most once: it knows that it did nothing, so that it may be tried again. */
export class StepNotDone extends Error {
  override readonly name = 'StepNotDone';
}

/**
 * A step that may run at most once was begun in an earlier attempt, and nobody knows how far it got. The handler decides:
 * find out and go on, compensate, or throw a PermanentFailure.
 */
export class StepInterrupted extends Error {
  override readonly name = 'StepInterrupted';
  readonly step: string;
  constructor(step: string) {
    super(`The step "${step}" was begun before and did not finish. It runs at most once, so it is not run again.`);
    this.step = step;
  }
}
