/**
 * One step of a message's work, as its lock keeps it: `started` before work that must run at most once, `finished` with the
 * result that is replayed to whoever resumes, `not-done` if it ended with an error and may be done again.
 */
export interface Step {
  readonly name: string;
  readonly status: 'started' | 'finished' | 'not-done';
  /** What the step returned, as JSON text; null if it returned nothing. */
  readonly result: string | null;
  /** When it was begun or ended, RFC 3339, by the clock of its owner: for people. */
  readonly at?: string | undefined;
  /** Members that a later version has added: kept, and written back. */
  readonly further?: Readonly<Record<string, unknown>> | undefined;
}
