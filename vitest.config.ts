import { defineConfig } from 'vitest/config';

/** The test files that talk to real engines: Azurite, and the Service Bus emulator over AMQP. */
const onEngines = [
  'test/adapters/{azure-blob,service-bus}/**/*.test.ts',
  'test/entrypoints/{contract,standalone,local}/**/*.test.ts',
  'packages/service-bus-emulator/test/**/*.test.ts',
  'test/chaos/chaos.test.ts',
];

export default defineConfig({
  test: {
    // Many tests wait for a process, a lock or a connection: more of them than there are cores keep the cores busy.
    maxWorkers: 4,
    // Not an expectation: a machine that is busy with other things takes long for a thousand generated cases.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'packages/*/src/**/*.ts'],
      exclude: ['src/application/ports/**'],
      reporter: ['text-summary', 'lcovonly'],
      thresholds: { 'src/domain/**': { 100: true } },
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: onEngines,
        },
      },
      {
        extends: true,
        test: {
          name: 'engines',
          include: onEngines,
          globalSetup: ['./test/support/azurite.setup.ts'],
        },
      },
    ],
  },
});
