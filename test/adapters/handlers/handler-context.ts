import type { HandlerContext } from '../../../src/application/ports/message-handler.ts';
import { resultText, resultValue } from '../../../src/application/work/stored-result.ts';
import { fencingToken } from '../../../src/domain/fencing-token.ts';
import { ownerId } from '../../../src/domain/owner.ts';
import { keyOf } from '../../support/lock-records.ts';

/** What a handler is told of an execution, with steps that are simply run. */
export const contextOf = (changes: Partial<HandlerContext> = {}): HandlerContext => ({
  workKey: keyOf('m-1'),
  attempt: 1,
  owner: ownerId('owner-1'),
  fencingToken: fencingToken(1_708_302_251_000),
  signal: new AbortController().signal,
  step: async (name, work) => {
    const { fencingToken, signal } = contextOf(changes);
    const result = await work({ idempotencyKey: `key of ${name}`, fencingToken, signal });
    return resultValue(resultText(name, result)) as never; // as a step hands it out
  },
  ...changes,
});
