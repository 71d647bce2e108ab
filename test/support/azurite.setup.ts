import type { TestProject } from 'vitest/node';
import { startAzurite } from '../../src/adapters/azurite/start-azurite.ts';
import { timeLimits } from './time-limits.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of the Azurite that the test files share. */
    blobStorage: string;
  }
}

/** One Azurite for the run. Test files share it, and each test takes a container of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const azurite = await startAzurite({ port: 0, startTimeoutMs: timeLimits.waitMs });
  project.provide('blobStorage', azurite.connectionString);
  return azurite.stop;
}
