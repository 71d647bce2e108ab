/**
 * How many cases each generated test tries: `quick` of them in `npm test`, where somebody waits, and `deep` of them in
 * `npm run test:deep`.
 */
export const cases = {
  'clocks that decide nothing': { quick: 20, deep: 150 },
  'clocks that are only shown': { quick: 10, deep: 60 },
  'completed once, locks kept': { quick: 20, deep: 150 },
  'completed once, locks deleted': { quick: 10, deep: 100 },
  'deliveries that are counted': { quick: 15, deep: 100 },
  'ends of messages': { quick: 25, deep: 150 },
  'fenced effects': { quick: 15, deep: 150 },
  'moves of locks': { quick: 25, deep: 500 },
  'rolling updates': { quick: 20, deep: 300 },
  'sessions in their order': { quick: 60, deep: 10_000 },
  'single owners': { quick: 50, deep: 400 },
  'statuses of deliveries': { quick: 15, deep: 100 },
  'status links of any ID': { quick: 60, deep: 1000 },
  'status links of anything': { quick: 150, deep: 3000 },
  'status links of submissions': { quick: 30, deep: 500 },
  'statuses of submissions': { quick: 15, deep: 100 },
  'steps that run again': { quick: 20, deep: 150 },
  'steps that run at most once': { quick: 20, deep: 150 },
  'sweeps of locks that are due': { quick: 20, deep: 120 },
  'sweeps of locks in use': { quick: 10, deep: 60 },
  'identities on the queue': { quick: 120, deep: 3000 },
  'identities through the Functions library': { quick: 250, deep: 6000 },
  'messages of any kind, in memory': { quick: 200, deep: 6000 },
  'messages of any kind, through the Functions library': { quick: 200, deep: 6000 },
  'messages of any kind, on the queue': { quick: 40, deep: 500 },
  'requests of any kind': { quick: 120, deep: 500 },
} satisfies Readonly<Record<string, { readonly quick: number; readonly deep: number }>>;

export type Depth = 'quick' | 'deep';

/** Set by the project `deep` of the test run. */
export const depth: Depth = process.env['TEST_DEPTH'] === 'deep' ? 'deep' : 'quick';

/** `CASES_TIMES` tries each generated test so many times as often. */
export const casesTimes = Number(process.env['CASES_TIMES'] ?? 1);

export type CasesName = keyof typeof cases;

export const casesOf = (name: CasesName): number => cases[name][depth] * casesTimes;
