type Log = (level: 'info', sentence: string) => void;

const againAfterMs = 5000;

/** What `work` gives. As long as that takes, a line now and then says that it is still at it. */
export async function told<T>(log: Log, what: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const timer = setInterval(() => {
    log('info', `${what}: still at it after ${Math.round((performance.now() - start) / 1000)} s.`);
  }, againAfterMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
