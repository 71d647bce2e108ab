import { errorText } from '../../../application/error-text.ts';
import type { LockEvent } from '../../../application/ports/lock-events.ts';
import { identityOf } from '../../../domain/lock-record.ts';
import type { MessageIdentity } from '../../../domain/work-key.ts';

/** One thing that a person did by this page, or is doing. */
export interface Act {
  /** Chosen by the form that asked for it: sent twice, it is done once. */
  readonly id: string;
  /** What is done, as a sentence without its subject: "re-drives 37 dead letters". */
  readonly what: string;
  readonly who: string;
  readonly reason: string;
  /** RFC 3339, by the clock of this process. */
  readonly startedAt: string;
  readonly state: 'running' | 'done' | 'stopped' | 'failed';
  /** How far it is, or how it ended. */
  readonly progress: string;
  /** How many it will be; undefined if it is one thing. */
  readonly of: number | undefined;
  readonly done: number;
  /** What became of each message that was put back, found by watching its lock. */
  readonly messages: readonly RedrivenMessage[];
}

export interface RedrivenMessage {
  readonly message: MessageIdentity;
  readonly sequenceNumber: string;
  readonly outcome: string;
}

export interface ActUnderWay {
  readonly signal: AbortSignal;
  readonly tell: (progress: string, done?: number) => void;
}

const mostActs = 20;
const mostMessages = 250;

/** What was done by this page, the latest first, for all who look at it. */
export class ActLog {
  readonly #acts: { act: Act; readonly stop: AbortController }[] = [];

  get acts(): readonly Act[] {
    return this.#acts.map(({ act }) => act);
  }

  has(id: string): boolean {
    return this.#acts.some(({ act }) => act.id === id);
  }

  /** Begins `work`, and resolves when it has ended, however: its last word is how. */
  async run(
    begun: Pick<Act, 'id' | 'what' | 'who' | 'reason' | 'of'>,
    work: (underWay: ActUnderWay) => Promise<{ readonly state: Act['state']; readonly progress: string }>,
  ): Promise<void> {
    const startedAt = new Date().toISOString();
    const act: Act = { ...begun, startedAt, state: 'running', progress: 'begins', done: 0, messages: [] };
    const entry = { act, stop: new AbortController() };
    this.#acts.unshift(entry);
    this.#acts.splice(mostActs);
    const change = (changed: Partial<Act>) => {
      entry.act = { ...entry.act, ...changed };
    };
    const tell = (progress: string, done?: number) => change({ progress, ...(done !== undefined && { done }) });
    try {
      change(await work({ signal: entry.stop.signal, tell }));
    } catch (error) {
      change({ state: 'failed', progress: errorText(error) });
    }
  }

  /** Ends an act after what it has under way. False if there is no such act, or it has ended. */
  stop(id: string): boolean {
    const entry = this.#acts.find(({ act }) => act.id === id && act.state === 'running');
    entry?.stop.abort();
    return entry !== undefined;
  }

  stopAll(): void {
    for (const { stop } of this.#acts) stop.abort();
  }

  /** Notes what an act that is under way has put back. */
  tell(event: LockEvent): void {
    if (event.kind !== 'redriven') return;
    const entry = this.#acts.find(({ act }) => act.state === 'running' && act.who === event.who);
    if (entry === undefined || entry.act.messages.length >= mostMessages) return;
    const message = { message: identityOf(event), sequenceNumber: event.sequenceNumber, outcome: 'sent again' };
    entry.act = { ...entry.act, messages: [...entry.act.messages, message] };
  }

  /** Says what became of a message that an act has put back. */
  became(id: string, sequenceNumber: string, outcome: string): void {
    const entry = this.#acts.find(({ act }) => act.id === id);
    if (entry === undefined) return;
    const messages = entry.act.messages.map((each) =>
      each.sequenceNumber === sequenceNumber ? { ...each, outcome } : each,
    );
    entry.act = { ...entry.act, messages };
  }
}
