import type { Mutant } from '../mutant.ts';

/** Bugs in what the Blob service is asked, and in how its answers are read; and in what is swept. */
export const storeBugs: readonly Mutant[] = [
  {
    name: 'a put sends no If-None-Match',
    file: 'src/adapters/azure-blob/conditional-write.ts',
    text: "{ 'if-none-match': '*' }",
    replacement: '{}',
    danger: 'Two deliveries that come at once both create the lock, and both work.',
  },
  {
    name: 'a put sends If-Match: *',
    file: 'src/adapters/azure-blob/conditional-write.ts',
    text: "{ 'if-match': condition.version }",
    replacement: "{ 'if-match': '*' }",
    danger: 'Two that see a lock expired both take it over; a renewal that lands late steals it back.',
  },
  {
    name: "412 of somebody's lease is taken for contention",
    file: 'src/adapters/azure-blob/storage-errors.ts',
    text: "default:\n      return 'refused';",
    replacement: "default:\n      return statusCode(error) === 412 ? 'conflict' : 'refused';",
    danger: 'A blob that an operator has leased looks like a lock at work, for ever.',
  },
  {
    name: '409 of a container that is being deleted is taken for contention',
    file: 'src/adapters/azure-blob/storage-errors.ts',
    text: "default:\n      return 'refused';",
    replacement: "default:\n      return statusCode(error) === 409 ? 'conflict' : 'refused';",
    danger: 'A store that does not serve looks like a lost race, and races are lost without end.',
  },
  {
    name: 'a 5xx is taken for a refusal',
    file: 'src/adapters/azure-blob/storage-errors.ts',
    text: 'error.statusCode < 400 || error.statusCode >= 500;',
    replacement: 'error.statusCode < 400;',
    danger: 'A write that was applied is taken for one that was not.',
  },
  {
    name: '404 of a replaced blob is taken for a refusal',
    file: 'src/adapters/azure-blob/conditional-write.ts',
    text: "if (condition !== 'absent') return { kind: 'conflict' };",
    replacement: '',
    danger: 'An owner whose lock was deleted does not learn that it has lost it.',
  },
  {
    name: 'a request is made again by itself',
    file: 'src/adapters/azure-blob/request-pipeline.ts',
    text: 'const answer = (await pipeline.sendRequest({ sendRequest }, request)) as WholeAnswer;',
    replacement:
      'const send = () => pipeline.sendRequest({ sendRequest }, request);\n    const answer = (await send().catch(send)) as WholeAnswer;',
    danger: 'Of a write whose answer was lost, only the conflict of its repetition is reported.',
  },
  {
    name: 'the sweep goes by the clock of its instance',
    file: 'src/application/sweep-locks.ts',
    text: 'this.#sweepStretch(stretch, page.observedAt, {',
    replacement: 'this.#sweepStretch(stretch, Date.now() as StoreTime, {',
    danger: 'An instance whose clock is fast deletes what was completed a minute ago, and its duplicate runs.',
  },
  {
    name: 'the sweep deletes what was written since it was listed',
    file: 'src/application/sweep-locks.ts',
    text: 'const { kind } = await this.#ports.store.delete(name, version);',
    replacement:
      'const now = await this.#ports.store.read(name);\n' +
      '      const { kind } = await this.#ports.store.delete(name, now?.version ?? version);',
    danger: 'An old lock that was just taken over is deleted under its owner, and another one starts beside it.',
  },
  {
    name: 'completed locks are kept only as long as abandoned ones',
    file: 'src/application/sweep-locks.ts',
    text: "return state === 'completed' ? completedRetentionMs : abandonedRetentionMs;",
    replacement: "return state === 'completed' ? abandonedRetentionMs : completedRetentionMs;",
    danger: 'A message that is still at work after days, or waits to be moved back, loses its steps.',
  },
  {
    name: 'an app sweeps as soon as it is back',
    file: 'src/application/sweep/sweep-lease.ts',
    text: "if (age(presentSince, observedAt) < sweepsAfterMs) return 'too-early';",
    replacement: '',
    danger: 'After a long outage the locks go before the duplicates that waited come.',
  },
  {
    name: 'a sweep takes an outage for a pause between two runs',
    file: 'src/application/sweep/sweep-lease.ts',
    text: 'return age(writtenAt, observedAt) > awayAfter;',
    replacement: 'return false;',
    danger: 'After a long outage the locks go before the duplicates that waited come.',
  },
  {
    name: 'a sweep begins with the first lock each time',
    file: 'src/application/sweep-locks.ts',
    text: 'after: lease.pass.upTo, ',
    replacement: '',
    danger: 'What lies behind the locks that one run gets through is never deleted.',
  },
  {
    name: 'a sweep that is cut off skips the rest of its page',
    file: 'src/application/sweep-locks.ts',
    text: 'if (isWhole) lease.moveOn(page.last);',
    replacement: 'lease.moveOn(page.last);',
    danger: 'Locks that are due are kept for a pass longer, and for ever if runs are short.',
  },
];
