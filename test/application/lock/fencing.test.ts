import { describe, expect, it } from 'vitest';
import { InMemoryFencedStore } from '../../../src/adapters/in-memory/in-memory-fenced-store.ts';
import { fingerprint } from '../../../src/domain/fingerprint.ts';
import { seconds } from '../../../src/domain/time.ts';
import { delivery, redelivery, sentAgain } from '../../support/deliveries.ts';
import { lockOf } from '../../support/lock-records.ts';
import { type Instance, World } from '../../support/message-run.ts';

/** Instances whose work is one fenced effect; and what came of each. */
function fencedWork(world: World) {
  const effects = new InMemoryFencedStore();
  const answers: string[] = [];
  const tokens: number[] = [];
  const instance = (): Instance =>
    world.instance({
      settings: { keepsCompleted: false },
      random: () => 0,
      handler: async (_, { fencingToken, owner }) => {
        tokens.push(fencingToken);
        const content = { bytes: Buffer.from(owner), contentType: 'text/plain' };
        const answer = await effects.put('m-1', content, { fencingToken, owner });
        answers.push(answer);
        if (answer === 'refused') throw new Error('somebody with precedence was there');
      },
    });
  return { instance, answers, tokens };
}

describe('the fencing token', () => {
  it('never serves two owners, also if the lock is deleted and created anew within one second', async () => {
    const world = new World();
    const { instance, answers, tokens } = fencedWork(world);
    await instance().run(delivery());
    const again = await instance().run(sentAgain());
    expect(again.error).toMatchObject({ message: 'somebody with precedence was there' });
    // Refused once; its next attempt has a greater token.
    const next = await instance().run(sentAgain({ deliveryCount: 2 }));
    expect(next.outcome).toBe('completed');
    expect(answers).toEqual(['stored', 'refused', 'stored']);
    expect(tokens[2]).toBeGreaterThan(tokens[0] ?? Number.NaN);
  });

  it('grows when an operator deletes the lock of an owner at work: the next one fences it', async () => {
    const world = new World();
    const { instance, answers, tokens } = fencedWork(world);
    const zombie: Instance = world.instance({
      handler: async (_, { fencingToken }) => {
        await zombie.clock.sleep(seconds(5));
        tokens.push(fencingToken);
      },
    });
    const run = zombie.start(delivery());
    await world.advance(seconds(2));
    const stored = await world.stored();
    if (stored) await world.locks.delete(lockOf('m-1'), stored.version);
    const other = await instance().run(redelivery());
    expect(other.outcome).toBe('completed');
    await world.end(run);
    expect(answers).toEqual(['stored']);
    expect(tokens[0]).toBeGreaterThan(tokens[1] ?? Number.NaN);
  });

  it('is the second of the create, which its first write cannot know and every later one says', async () => {
    const world = new World();
    await world.advance(seconds(1.7));
    let seen = 0;
    const a = world.instance({
      handler: async (_, { fencingToken }) => {
        seen = fencingToken;
        expect((await world.stored())?.record.fencingToken).toBeUndefined();
      },
    });
    await a.run(delivery());
    const stored = await world.stored();
    expect(seen).toBe(Date.UTC(2024, 0, 1, 0, 0, 1));
    expect(stored?.record.fencingToken).toBe(seen);
  });
});

describe('a fingerprint made in a way that nobody here knows', () => {
  it('is not compared, and an event says so', async () => {
    const world = new World();
    await world.instance().run(delivery({ fingerprint: fingerprint('jcs9:0') }));
    const b = world.instance();
    expect((await b.run(sentAgain())).outcome).toBe('skipped');
    expect(b.told('not-compared')).toMatchObject([{ stored: 'jcs9:0', claimed: 'jcs1:0' }]);
  });
});
