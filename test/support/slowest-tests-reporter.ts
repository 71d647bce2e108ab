import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

const most = 10;

/** Lists, after the run, the tests that took longest. */
export default class SlowestTestsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => ({
        ms: test.diagnostic()?.duration ?? 0,
        name: `${relative(process.cwd(), module.moduleId)}: ${test.fullName}`,
      })),
    );
    const slowest = tests.sort((a, b) => b.ms - a.ms).slice(0, most);
    const lines = slowest.map(({ ms, name }) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${name}`);
    process.stdout.write(`\nThe slowest tests:\n${lines.join('\n')}\n`);
  }
}
