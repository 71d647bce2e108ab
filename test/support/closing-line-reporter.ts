import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** Ends the output of a run with one line `N passed, N failed`, so that a person or a script can read the verdict there. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    let passed = 0;
    let failed = unhandled.length;
    for (const module of modules) {
      failed += module.errors().length;
      for (const suite of module.children.allSuites()) failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        if (state === 'failed') failed += 1;
      }
    }
    // On exit, since coverage prints after the run. Its thresholds, and a failed set-up, show only in the exit code.
    process.once('exit', (code) => {
      const shown = failed === 0 && (code !== 0 || process.exitCode) ? 1 : failed;
      process.stdout.write(`\n${passed} passed, ${shown} failed\n`);
    });
  }
}
