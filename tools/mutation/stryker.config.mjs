import { fileURLToPath } from 'node:url';

/** Mutation tests of the domain: see CONTRIBUTING.md. */
export default {
  testRunner: 'vitest',
  plugins: [fileURLToPath(import.meta.resolve('@stryker-mutator/vitest-runner'))],
  vitest: { configFile: 'vitest.mutation.config.ts' },
  mutate: ['src/domain/**/*.ts'],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  thresholds: { high: 100, low: 98, break: 99 },
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { allowColor: false, reportTests: false },
  ignorePatterns: ['bench', 'coverage', 'dist', 'docs', 'examples', 'tools'],
};
