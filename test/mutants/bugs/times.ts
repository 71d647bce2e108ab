import type { Mutant } from '../mutant.ts';

/** Bugs of clocks: who reads which, from when on, and how long. */
export const timeBugs: readonly Mutant[] = [
  {
    name: "whether a lock has expired is told by the reader's own clock",
    file: 'src/application/lock/owned-write.ts',
    text: 'return budget.ask(() => ports.store.read(subject.lock));',
    replacement:
      'const observedAt = ports.clock.wallTime() as any;\n' +
      '  return budget.ask(async () => {\n' +
      '    const stored = await ports.store.read(lock);\n' +
      '    return stored && { ...stored, observedAt };\n' +
      '  });',
    danger: 'An instance whose clock is fast takes over a lock at once whose owner is at work.',
  },
  {
    name: 'a lock has expired at the end of its grace, not after it',
    file: 'src/domain/lock-record.ts',
    text: '> record.ttlMs + graceOf(record.ttlMs);',
    replacement: '>= record.ttlMs + graceOf(record.ttlMs);',
    danger: "The store's times are cut to whole seconds: an owner can be valid for almost a second more.",
  },
  {
    name: 'there is no grace',
    file: 'src/domain/lock-record.ts',
    text: '> record.ttlMs + graceOf(record.ttlMs);',
    replacement: '> record.ttlMs;',
    danger: 'A clock that is slow by a little lets its owner start a step beside the next owner.',
  },
  {
    name: 'an owner keeps no margin',
    file: 'src/application/time/lock-timings.ts',
    text: 'validityMs: durationMs(ttlMs - graceOf(ttlMs)),',
    replacement: 'validityMs: ttlMs,',
    danger: 'A clock that is slow by a little lets its owner start a step beside the next owner.',
  },
  {
    name: 'the validity counts from the answer',
    file: 'src/application/lock/owned-write.ts',
    text:
      'const requestedAt = instant(clock);\n' +
      '    const result = await budget.ask(() => store.put(subject.lock, record, condition));',
    replacement:
      'const result = await budget.ask(() => store.put(subject.lock, record, condition));\n' +
      '    const requestedAt = instant(clock);',
    danger: 'After an answer that was long on its way, the owner starts a step on a lock that has expired.',
  },
  {
    name: 'only the monotonic clock counts',
    file: 'src/application/time/validity.ts',
    text: 'Math.max(clock.monotonic() - start.monotonic, clock.wallTime() - start.wall)',
    replacement: 'clock.monotonic() - start.monotonic',
    danger: 'A machine that was suspended, its monotonic clock too, starts a step on a lock that has expired.',
  },
  {
    name: 'only the wall clock counts',
    file: 'src/application/time/validity.ts',
    text: 'Math.max(clock.monotonic() - start.monotonic, clock.wallTime() - start.wall)',
    replacement: 'clock.wallTime() - start.wall',
    danger: 'After its clock was set back, an owner starts a step on a lock that has expired.',
  },
  {
    name: 'a lock is believed in for ever',
    file: 'src/application/lock/lock-session.ts',
    text: 'while (this.#validity.leftMs === 0) {',
    replacement: 'while (false) {',
    danger: 'A process that was frozen starts its next step beside the one that took its lock over.',
  },
  {
    name: 'a renewal is believed in however late its answer came',
    file: 'src/application/lock/lock-session.ts',
    text: 'while (this.#validity.leftMs === 0) {',
    replacement: 'if (this.#validity.leftMs === 0) {',
    danger: 'Frozen while it waits for the answer, an owner starts a step on a lock that has expired again.',
  },
  {
    name: 'a step is begun without a look at the validity',
    file: 'src/application/work/step-runner.ts',
    text: 'await this.#lock.guard();\n    if (atMostOnce)',
    replacement: 'if (atMostOnce)',
    danger: 'A process that was frozen between two steps starts the next one beside the new owner.',
  },
  {
    name: 'a step that runs at most once is begun however long its start took to store',
    file: 'src/application/work/step-runner.ts',
    text: 'await this.#lock.guard();\n    } catch (error) {',
    replacement: '} catch (error) {',
    danger: 'The lock has expired by the time that the answer comes, and the step is begun beside the new owner.',
  },
  {
    name: 'work is not told that its lock could not be renewed',
    file: 'src/application/lock/heartbeat.ts',
    text: 'return lock.expire();',
    replacement: 'return;',
    danger: 'One long step goes on for minutes while another owner does the same.',
  },
  {
    name: 'a lock is renewed when its ttl has passed',
    file: 'src/application/time/lock-timings.ts',
    text: 'heartbeatMs: durationMs(Math.floor(ttlMs / 3)),',
    replacement: 'heartbeatMs: ttlMs,',
    danger: 'Work that takes longer than a ttl is taken over though its owner is well.',
  },
  {
    name: 'a new owner does not compare the stamps of the two writes',
    file: 'src/application/work/execution.ts',
    text: 'if (apartMs > previous.ttlMs) return durationMs(0);',
    replacement: 'if (apartMs > Number.NEGATIVE_INFINITY) return durationMs(0);',
    danger: "If the store's clocks disagree, the new owner works beside the one before.",
  },
];
