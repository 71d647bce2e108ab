import { defineConfig } from 'vitest/config';

/** The test files that talk to real engines: Azurite, and the Service Bus emulator over AMQP. */
const onEngines = [
  'test/adapters/{azure-blob,service-bus}/**/*.test.ts',
  'test/entrypoints/{standalone,local}/**/*.test.ts',
];

export default defineConfig({
  test: {
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
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
    ],
  },
});
