import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { timeLimits } from '../support/time-limits.ts';
import type { Mutant } from './mutant.ts';
import { mutants } from './mutants.ts';
import { allProofs, type Proof, proofsOf } from './proofs.ts';
import type { Verdict } from './prove.ts';

/**
 * Plants each bug in turn, and asks the proofs whether they notice; prints which did, and fails if one bug survives them all.
 * The sources are left as they are: the bug is in what the tests load.
 *
 *     node test/mutants/run.ts [part of a name] [--all] [--proofs grid,properties]
 *
 * A bug that is caught is not shown to the proofs after that; with `--all` it is. `--proofs` asks only those.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean', default: false }, proofs: { type: 'string', default: allProofs.join() } },
});
const [part = ''] = positionals;
const askedOf = (mutant: Mutant): readonly Proof[] =>
  proofsOf(mutant).filter((proof) => values.proofs.split(',').includes(proof));

/** A bug can make a proof run for ever. That is no verdict. */
const longestMs = 3 * timeLimits.waitMs;

type Asked = (Verdict | { readonly kind: 'too-long' }) & { readonly ms: number };

function ask(proof: Proof, mutant?: Mutant): Promise<Asked> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'prove.ts'), [proof, ...(mutant ? [mutant.name] : [])], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const end = (verdict: Verdict | { readonly kind: 'too-long' }) => {
      clearTimeout(timer);
      resolve({ ...verdict, ms: performance.now() - start });
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      end({ kind: 'too-long' });
    }, longestMs);
    child.once('message', (verdict) => end(verdict as Verdict));
    child.once('exit', (code) => end({ kind: 'broken', why: `the proof ended with ${code}` }));
    child.once('error', reject);
  });
}

const soundProofs = new Map<Proof, Promise<void>>();

/** A proof that fails without a bug catches none. */
function sound(proof: Proof): Promise<void> {
  const known = soundProofs.get(proof);
  if (known !== undefined) return known;
  const isSound = ask(proof).then((asked) => {
    if (asked.kind !== 'passed') throw new Error(`${proof} fails without a bug: ${JSON.stringify(asked)}`);
  });
  soundProofs.set(proof, isSound);
  return isSound;
}

interface Row {
  readonly mutant: Mutant;
  readonly asked: ReadonlyMap<Proof, Asked>;
}

async function judge(mutant: Mutant): Promise<Row> {
  const asked = new Map<Proof, Asked>();
  for (const proof of askedOf(mutant)) {
    await sound(proof);
    const answer = await ask(proof, mutant);
    asked.set(proof, answer);
    if (answer.kind === 'broken') throw new Error(`${mutant.name}, ${proof}: ${answer.why}`);
    if (answer.kind === 'caught' && !values.all) break;
  }
  return { mutant, asked };
}

const catchersOf = ({ asked }: Row): readonly Proof[] =>
  [...asked].filter(([, { kind }]) => kind === 'caught').map(([proof]) => proof);

function lineOf({ mutant, asked }: Row): string {
  const marks = allProofs.map((proof) => marksOf[asked.get(proof)?.kind ?? 'not-asked'].padStart(proof.length));
  const first = [...asked.values()].find((each) => each.kind === 'caught');
  const ms = [...asked.values()].reduce((sum, each) => sum + each.ms, 0);
  return `${marks.join(' ')} ${ms.toFixed(0).padStart(7)} ms  ${mutant.name}${first ? `\n        ${first.test}` : ''}`;
}

const marksOf = { caught: 'x', passed: '-', 'too-long': '?', broken: '!', 'not-asked': '' } as const;

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

const chosen = mutants.filter((mutant) => mutant.name.includes(part) && askedOf(mutant).length > 0);
if (chosen.length === 0)
  throw new Error(`There is no mutant with "${part}" in its name to ask ${values.proofs} about.`);
const start = performance.now();
const rows: Row[] = [];
const rest = chosen.values();
const worker = async (): Promise<void> => {
  for (const mutant of rest) {
    const row = await judge(mutant);
    rows.push(row);
    print(
      `${String(rows.length).padStart(3)}/${chosen.length}  ${catchersOf(row).join(', ') || 'SURVIVED'}: ${mutant.name}`,
    );
  }
};
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));

print(
  `\nx caught, - not noticed, ? no verdict within ${longestMs / 1000} s, blank: not asked\n\n${allProofs.join(' ')}`,
);
for (const row of rows) print(lineOf(row));
const survivors = rows.filter((row) => catchersOf(row).length === 0);
for (const { mutant } of survivors) print(`\nSURVIVED: ${mutant.name} (${mutant.file})\n  ${mutant.danger}`);
const caught = rows.length - survivors.length;
print(`\n${caught} of ${rows.length} mutants caught in ${((performance.now() - start) / 1000).toFixed(0)} s`);
process.exitCode = survivors.length > 0 ? 1 : 0;
