import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startVitest } from 'vitest/node';
import { timeLimits } from '../support/time-limits.ts';
import { planted } from './mutant.ts';
import { mutants } from './mutants.ts';
import { type Proof, proofs } from './proofs.ts';

/** What one proof says of the program with one bug in it, or with none. */
export type Verdict =
  | { readonly kind: 'passed' }
  /** `test` is the first that failed: its file and its name. */
  | { readonly kind: 'caught'; readonly test: string }
  /** No verdict on the bug: a test file could not be run at all. */
  | { readonly kind: 'broken'; readonly why: string };

// A process of its own for each verdict: what a bug leaves behind ends with it, and it ends with who asks.
process.once('disconnect', () => process.exit());
const [proof, name] = process.argv.slice(2) as [Proof, string?];
const root = join(import.meta.dirname, '../..');
const mutant = mutants.find((each) => each.name === name);
const bugged = mutant && join(root, mutant.file);

const vitest = await startVitest(
  [...proofs[proof]],
  {
    config: false,
    root,
    watch: false,
    bail: 1,
    reporters: [{}],
    silent: true,
    include: ['test/**/*.test.ts'],
    // They ask what becomes of strange messages, not who owns a lock, and take long.
    exclude: ['test/properties/hostile-messages*'],
    fileParallelism: false,
    isolate: false,
    testTimeout: timeLimits.waitMs,
    // As many cases and as large bounds as the proofs have when nobody waits for them.
    env: { TEST_DEPTH: 'deep' },
    setupFiles: ['test/support/same-cases.setup.ts'],
    ...(proof === 'adapters' && { globalSetup: ['test/support/azurite.setup.ts'] }),
  },
  {
    logLevel: 'silent',
    plugins: [
      {
        name: 'plant-the-mutant',
        enforce: 'pre',
        // What is kept on disk is found by what the file has in it, not by what is loaded in its place.
        configureVitest: ({ defineCacheKeyGenerator }) =>
          defineCacheKeyGenerator(({ id }) => (id === bugged ? false : undefined)),
        load: (id) => (mutant && id === bugged ? planted(mutant, readFileSync(id, 'utf8')) : null),
      },
    ],
  },
);

function verdict(): Verdict {
  const modules = vitest.state.getTestModules();
  const broken = modules.flatMap((module) => module.errors());
  if (modules.length === 0 || broken.length > 0) return { kind: 'broken', why: broken[0]?.message ?? 'no test file' };
  for (const module of modules) {
    for (const { fullName } of module.children.allTests('failed')) {
      return { kind: 'caught', test: `${module.relativeModuleId}: ${fullName}` };
    }
  }
  const [unhandled] = vitest.state.getUnhandledErrors();
  return unhandled === undefined ? { kind: 'passed' } : { kind: 'caught', test: `unhandled: ${String(unhandled)}` };
}

process.send?.(verdict());
await vitest.close();
process.exit();
