import { describe, expect, it } from 'vitest';
import {
  PermanentFailure,
  StepInterrupted,
  StepNotDone,
  StepOrderError,
  StepUsageError,
  UnstorableResultError,
} from '../../src/domain/step-errors.ts';

describe('PermanentFailure', () => {
  it('carries what the handler says of it', () => {
    const cause = new Error('402');
    expect(new PermanentFailure('no funds', { cause })).toMatchObject({
      name: 'PermanentFailure',
      message: 'no funds',
      cause,
    });
  });

  it('keeps the name that a handler gives its own kind of it', () => {
    class CardRefused extends PermanentFailure {
      override readonly name = 'CardRefused';
    }
    expect(new CardRefused('no funds')).toMatchObject({ name: 'CardRefused' });
    expect(new CardRefused('no funds')).toBeInstanceOf(PermanentFailure);
  });
});

describe('UnstorableResultError', () => {
  it('is permanent: trying again would only repeat the work', () => {
    expect(new UnstorableResultError('too large')).toBeInstanceOf(PermanentFailure);
    expect(new UnstorableResultError('too large')).toMatchObject({ name: 'UnstorableResultError' });
  });
});

describe('StepOrderError', () => {
  it('counts steps from one, and names what was recorded and what was asked for', () =>
    expect(new StepOrderError(1, { recorded: 'ship', asked: 'charge' })).toMatchObject({
      name: 'StepOrderError',
      message:
        'Step 2 is recorded as "ship", but the handler now asks for "charge". Deploy code with the recorded order, or send the message again under a new ID.',
    }));
});

describe('StepInterrupted', () => {
  it('names the step', () =>
    expect(new StepInterrupted('charge')).toMatchObject({
      name: 'StepInterrupted',
      step: 'charge',
      message: 'The step "charge" was begun before and did not finish. It runs at most once, so it is not run again.',
    }));
});

describe('an error of a step', () => {
  it.each([
    [new StepOrderError(0, { recorded: 'a', asked: 'b' }), 'StepOrderError'],
    [new StepUsageError('one at a time'), 'StepUsageError'],
    [new StepNotDone('nothing was sent'), 'StepNotDone'],
    [new StepInterrupted('charge'), 'StepInterrupted'],
  ])('is not permanent, unless the handler makes it so: %s', (error, name) => {
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(PermanentFailure);
    expect(error).toMatchObject({ name });
  });
});
