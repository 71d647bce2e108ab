import { expect, it, onTestFinished } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import { paced } from '../../support/machine-speed.ts';
import { until } from '../../support/until.ts';
import { quick, startEngines } from './process-fixture.ts';

const ready = /"message":"Ready on /;

// How soon that happens is held by the tests in virtual time: see "takes over within two seconds of the moment that it may".
it('A message whose process is killed is resumed by the next one, whether a duplicate waits for it or not', async () => {
  const { startHost, send, inspect, lock, evidence } = await startEngines({ onTestFinished, peekLockMs: paced(2000) });
  const first = startHost({ ...quick, MAX_CONCURRENT_CALLS: '2' });
  await first.line(ready);
  const ids = ['alone', 'with-duplicate'];
  const steps = [{ name: 'charge', ms: seconds(600) }];
  await send(ids, steps);
  for (const id of ids) await until(async () => expect(await evidence(id)).not.toEqual([]));
  await startHost({ ...quick, MAX_CONCURRENT_CALLS: '4' }).line(ready);
  await send(['with-duplicate'], steps);
  await until(() => expect(inspect().locked).toHaveLength(3));
  first.signalGroup('SIGKILL');
  await first.exited;

  // Whoever takes it over may lose its peek-lock before it begins, on a busy machine, and the killed one may have lost it before:
  // then another one has it. In the end one that lives is at work on it.
  for (const id of ids) {
    const taken = await until(async () => {
      const now = await lock(id);
      expect(now?.record.host).not.toMatch(new RegExp(`/${first.pid}$`));
      expect((await evidence(id)).map(({ owner }) => owner)).toContain(now?.record.owner);
      return now;
    });
    expect(taken?.record.attempt).toBeGreaterThan(1);
  }
  expect(inspect().deadLettered).toEqual([]);
});
