import { type Profiler, Session } from 'node:inspector/promises';

/** The processor's samples of this process during `something`. */
export async function profiled<Result>(
  something: () => Promise<Result>,
): Promise<{ readonly profile: Profiler.Profile; readonly result: Result }> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 250 }); // microseconds
    await session.post('Profiler.start');
    const result = await something();
    const { profile } = await session.post('Profiler.stop');
    return { profile, result };
  } finally {
    session.disconnect();
  }
}
