import { defineConfig } from 'vitest/config';

/** For mutation tests of the domain, by its own tests alone: those of the other layers would take long for each mutant. */
export default defineConfig({
  test: {
    include: ['test/domain/**/*.test.ts'],
    setupFiles: ['test/support/same-cases.setup.ts'],
  },
});
