import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { timeLimits } from './test/support/time-limits.ts';

/** The test files that talk to real engines: Azurite, and the Service Bus emulator over AMQP. */
const onEngines = [
  'test/adapters/{azure-blob,service-bus}/**/*.test.ts',
  'test/entrypoints/{contract,standalone,local,operator}/**/*.test.ts',
  'packages/service-bus-emulator/test/**/*.test.ts',
];

/** What nobody should wait for: kills at every point, storms, fleets of processes, and what runs on the packed tarball. */
const deepOnly = ['test/**/*.deep.test.ts', 'packages/service-bus-emulator/test/**/*.deep.test.ts'];

/** What `npm test` tries with a few generated cases or small bounds, and `npm run test:deep` with many and larger ones. */
const generated = [
  'test/properties/**/*.test.ts',
  'test/adapters/azure-blob/lost-answers-on-the-wire.test.ts',
  'test/adapters/http/status-resource.test.ts',
  'test/adapters/service-bus/queue-receiver-parking.test.ts',
  'test/exploration/exhaustive.test.ts',
  'test/entrypoints/standalone/{generated-requests,hostile-messages}.test.ts',
  'packages/service-bus-emulator/test/**/*.property.test.ts',
];

// Workers and the programs that tests start load the same SDKs: what one has compiled, the others need not.
process.env['NODE_COMPILE_CACHE'] ??= resolve('node_modules/.cache/node-compile-cache');

const azurite = ['./test/support/azurite.setup.ts'];

export default defineConfig({
  test: {
    // Many tests wait for a process, a lock or a connection: more of them than there are cores keep the cores busy.
    maxWorkers: 6,
    // Loading the SDKs anew for each file took a third of the run. What a file leaves behind another one would find: none may.
    isolate: false,
    testTimeout: timeLimits.testMs,
    hookTimeout: timeLimits.testMs,
    expect: { poll: { timeout: timeLimits.waitMs, interval: 25 } },
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/application/ports/**'],
      reporter: ['text-summary', 'lcovonly'],
      thresholds: { 'src/domain/**': { 100: true } },
    },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [...onEngines, ...deepOnly] },
      },
      {
        extends: true,
        test: { name: 'engines', include: onEngines, exclude: deepOnly, globalSetup: azurite },
      },
      {
        extends: true,
        test: {
          name: 'deep',
          include: [...deepOnly, ...generated],
          env: { TEST_DEPTH: 'deep' },
          globalSetup: azurite,
        },
      },
    ],
  },
});
