import { type Profiler, Session } from 'node:inspector/promises';

/** The processor's samples of this process during `something`. */
export async function profiled<Result>(
  something: () => Promise<Result>,
): Promise<{ readonly profile: Profiler.Profile; readonly result: Result }> {
  const stop = await startProfile();
  const result = await something();
  return { profile: await stop(), result };
}

/** Takes samples of this process until what it resolves to is called, which gives them. */
export async function startProfile(): Promise<() => Promise<Profiler.Profile>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 250 }); // microseconds
  await session.post('Profiler.start');
  return async () => {
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    return profile;
  };
}
