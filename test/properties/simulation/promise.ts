import fc from 'fast-check';
import { type CasesName, casesOf } from '../../support/cases.ts';
import { timeLimits } from '../../support/time-limits.ts';
import type { Plan } from './plan.ts';
import { SimulatedWorld } from './simulated-world.ts';

/** The seed of a failed run, which is printed with it. */
const seed = process.env['PROPERTY_SEED'];

/** Thrown by a run in which a promise is broken. Its message is the story of that run. */
class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise';

  constructor(wrongs: readonly string[], { timeline }: SimulatedWorld) {
    super(`${wrongs.join('\n')}\n\nWho did what, in seconds of virtual time:\n${timeline.lines.join('\n')}\n`);
    this.stack = this.message; // where it was thrown tells nothing
  }
}

/**
 * Holds that nothing goes wrong in any of the worlds that follow `plans`, nor anything that `judge` finds in them.
 * A failure is made as small as possible, and told as a timeline.
 */
export const holds = (
  plans: fc.Arbitrary<Plan>,
  name: CasesName,
  judge: (world: SimulatedWorld, plan: Plan) => Iterable<string> | AsyncIterable<string> = () => [],
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const world = await SimulatedWorld.run(plan);
      const wrongs = [...world.locks.wrongs];
      for await (const wrong of judge(world, plan)) wrongs.push(wrong);
      if (wrongs.length > 0) throw new BrokenPromise(wrongs, world);
    }),
    {
      numRuns: casesOf(name),
      includeErrorInReport: true,
      interruptAfterTimeLimit: timeLimits.testMs / 2,
      markInterruptAsFailure: true,
      ...(seed !== undefined && { seed: Number(seed) }),
    },
  );
