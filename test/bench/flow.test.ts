import { expect, it } from 'vitest';
import { Flow } from '../../bench/traffic/flow.ts';

it('ends when each message is accepted and completed, in whichever order both are heard of', async () => {
  const flow = new Flow(2);
  const ended = flow.end(10_000);
  const postedAt = performance.now();
  flow.completed('overtaking');
  flow.accepted('overtaking', postedAt);
  flow.accepted('usual', postedAt);
  flow.completed('usual');
  const { messages, p50Ms, p99Ms } = await ended;
  expect(messages).toBe(2);
  expect(p50Ms).toBeGreaterThanOrEqual(0);
  expect(p99Ms).toBeLessThanOrEqual(performance.now() - postedAt);
});

it('counts a message that is completed twice once, and goes on waiting for the others', async () => {
  const flow = new Flow(2);
  const ended = flow.end(50);
  flow.accepted('doubled', performance.now());
  flow.completed('doubled');
  flow.completed('doubled');
  flow.accepted('missing', performance.now());
  await expect(ended).rejects.toThrow('Of 2 messages 2 messages were accepted');
});

it('says of how much room there is again once for each message that is completed', () => {
  const flow = new Flow(2);
  let room = 0;
  flow.onCompleted = () => {
    room += 1;
  };
  flow.completed('first');
  flow.completed('second');
  expect(room).toBe(2);
});
