import type { OperatorAct } from '../../src/domain/operator-act.ts';
import type { OwnerId } from '../../src/domain/owner.ts';
import { canonicalKey, type Seat } from './canonical-key.ts';
import type { Happening, Life, Lives } from './life.ts';
import type { LockLedger } from './lock-ledger.ts';
import { Hearing, type Names, said, saidFence, saidOwner } from './names.ts';
import { operatorWrite } from './operator.ts';
import { apply, conditionOf, type Request, textOf } from './requests.ts';

/** How it is with a message: at work, or how its last delivery ended. */
export type Status = 'at work' | 'settled' | 'given back' | 'crashed';

/** A process, and the messages that it gets. */
export interface Place extends Seat {
  /** What processes here can live through. */
  readonly lives: Lives;
  readonly messages: readonly Status[];
  /** The messages that were delivered to this process, in order. */
  readonly delivered: readonly number[];
  /** How many processes there were here. */
  readonly processes: number;
  /** Whether the store has ever served a process here. */
  readonly isServed: boolean;
}

/** A request of the process at a place, which waits there as `number`. */
export interface Pending {
  readonly at: number;
  readonly number: number;
  readonly request: Request;
  readonly isAnswered: boolean;
}

/** The line that came last, and those before it. */
interface Story {
  readonly line: () => string;
  readonly before: Story | undefined;
}

export const midnight = Date.UTC(2024, 0, 1);

/** All that there is at one moment. It is changed only while it is made out of the one before. */
export class Moment {
  readonly ledger: LockLedger;
  readonly places: Place[];
  /** Requests whose senders learn no more of them, but which can still be applied. */
  late: readonly Request[] = [];
  /** How often something may still go wrong. */
  faults: number;
  /** How often something went wrong that may cost an attempt: a lost request, answer or write does not. */
  costly = 0;
  /** What an operator may still do by hand. */
  operator: readonly OperatorAct['action'][];
  #story: Story | undefined;

  constructor(ledger: LockLedger, places: readonly Place[], { faults, operator }: Pick<Moment, 'faults' | 'operator'>) {
    this.ledger = ledger;
    this.places = [...places];
    this.faults = faults;
    this.operator = operator;
  }

  /** The one that follows when this happens. */
  async next(label: () => string, happens: (next: Moment) => Promise<void>): Promise<Moment> {
    const next = new Moment(this.ledger.fork(), this.places, this);
    next.late = this.late;
    next.costly = this.costly;
    next.#story = this.#story;
    const time = String(this.ledger.now - midnight).padStart(6);
    next.tell(() => `${time} ms  ${label()}`);
    await happens(next);
    next.late = next.late.filter((request) => next.#canStillApply(request));
    return next;
  }

  get now(): number {
    return this.ledger.now;
  }

  get story(): readonly string[] {
    const lines: string[] = [];
    for (let story = this.#story; story !== undefined; story = story.before) lines.unshift(story.line());
    return lines;
  }

  get pending(): readonly Pending[] {
    return this.places.flatMap(({ life, names, answers }, at) =>
      (life?.situation.open ?? []).map((request, number) => ({
        at,
        number,
        request: said(names, request),
        isAnswered: answers[number] !== undefined,
      })),
    );
  }

  keyOf(isSymmetric: boolean): string {
    const { places: seats, ledger, late } = this;
    return canonicalKey({
      seats,
      ledger,
      late,
      faults: [this.faults, this.costly, ...this.operator.map((action) => action.length)],
      isSymmetric,
    });
  }

  textOf = ({ at, request }: Pending): string => `${this.place(at).names.me} ${textOf(request)}`;

  place(at: number): Place {
    const place = this.places[at];
    if (place === undefined) throw new Error(`There is no place ${at}.`);
    return place;
  }

  isOwner = (at: number, owner: OwnerId): boolean => owner.startsWith(`${this.place(at).names.me}-`);

  /** Gives the messages out that are open, to the process here or, if there is none, to a new one. */
  async deliver(at: number): Promise<void> {
    const { life, messages, processes, names, lives } = this.place(at);
    const open = [...messages.keys()].filter(
      (message) => messages[message] !== 'settled' && messages[message] !== 'at work',
    );
    if (life === undefined) {
      const me = `${letter(at)}${processes === 0 ? '' : processes + 1}`;
      const since = Math.floor(this.now / 1000) * 1000 - midnight;
      const renamed: Names = {
        me,
        since,
        owners: [],
        versions: [],
        messages: names.messages.slice(0, messages.length),
      };
      this.#set(at, { life: lives.start, names: renamed, answers: [], delivered: [], processes: processes + 1 });
    }
    for (const message of open) {
      const place = this.place(at);
      this.#set(at, {
        messages: place.messages.with(message, 'at work'),
        delivered: [...place.delivered, message],
      });
      const isAgain = processes > 0;
      await this.#learn(at, { kind: 'delivered', message, isAgain });
    }
  }

  async serve(pending: Pending): Promise<void> {
    const { at, number } = pending;
    this.apply(pending);
    const { names, answers } = this.place(at);
    const hearing = new Hearing(names);
    const answer = hearing.heard(answers[number]?.is);
    this.#set(at, { names: hearing.names, answers: answers.toSpliced(number, 1), isServed: true });
    await this.#learn(at, { kind: 'answered', request: number, answer });
  }

  /** Served, but the answer is on its way. */
  apply({ at, number, request, isAnswered }: Pending): void {
    if (isAnswered) return;
    const answers = [...this.place(at).answers];
    answers[number] = { is: apply(this.ledger, request) };
    this.#set(at, { answers });
  }

  async leaveUnanswered({ at, number, request }: Pending): Promise<void> {
    this.late = [...this.late, request];
    this.#set(at, { answers: this.place(at).answers.toSpliced(number, 1), isServed: true });
    await this.#learn(at, { kind: 'unanswered', request: number });
  }

  land(request: Request): void {
    this.late = this.late.filter((each) => each !== request);
    apply(this.ledger, request);
  }

  /** An operator does this to the lock. */
  actsByHand(action: OperatorAct['action']): void {
    this.operator = this.operator.filter((each) => each !== action);
    const write = operatorWrite(this.ledger, action);
    if (write !== undefined) this.ledger.put(write.record, write.condition, this.now);
  }

  /** The process is gone. What it sent is still on its way. */
  crash(at: number): void {
    const sent = this.pending.filter((each) => each.at === at && !each.isAnswered);
    this.late = [...this.late, ...sent.map(({ request }) => request)];
    this.ledger.endsAllOf((owner) => this.isOwner(at, owner));
    const messages = this.place(at).messages.map((status) => (status === 'at work' ? 'crashed' : status));
    this.#set(at, { life: undefined, answers: [], messages, isServed: true });
  }

  /** All who are due by then wake only then, in the order in which they are due: nobody ran meanwhile. */
  async passUntil(time: number): Promise<void> {
    this.ledger.now = time;
    for (;;) {
      const [next] = this.sleepers.filter(({ dueAt }) => dueAt <= time).toSorted((a, b) => a.dueAt - b.dueAt);
      if (next === undefined) return;
      await this.#learn(next.at, { kind: 'woken', sleeper: next.sleeper });
    }
  }

  get sleepers() {
    return this.places.flatMap(({ life, names }, at) =>
      (life?.situation.due ?? []).map((dueAt, sleeper) => ({ at, sleeper, dueAt: dueAt + names.since })),
    );
  }

  async #learn(at: number, happening: Happening): Promise<void> {
    const { life, names, messages, delivered, answers } = this.place(at);
    if (life === undefined) throw new Error('Nobody is there to learn anything.');
    // Nobody spreads who sees an expired lock, so that all takeovers meet. Else it is the longest that can be.
    const luck = this.ledger.isExpired ? 0 : 1;
    const { situation, ...next } = await lifeAfter(life, { at: this.now - names.since, luck, happening });
    const statuses = [...messages];
    delivered.forEach((message, order) => {
      statuses[message] = situation.endings[order] ?? 'at work';
    });
    const isAtWork = statuses.includes('at work');
    this.#set(at, {
      life: isAtWork ? next.life : undefined,
      messages: statuses,
      answers: Array.from(situation.open, (_, number) => answers[number]),
    });
    this.#judge(at, next.life);
  }

  /** What the process at `at` did just now. */
  #judge(at: number, { situation }: Life): void {
    const { names, life } = this.place(at);
    for (const deed of situation.deeds) {
      if (deed.kind === 'tells') this.tell(() => `           ${names.me}: ${deed.what}`);
      else if (deed.kind === 'begins') this.ledger.begins(deed.step, saidFence(names, deed.fence));
      else if (deed.kind === 'finishes') this.ledger.finishes(deed.step);
      else this.ledger[deed.kind](saidOwner(names, deed.owner));
    }
    if (life === undefined && situation.due.length + situation.open.length > 0) {
      this.ledger.wrongs.push(`a timer or a request of ${names.me} outlives its work`);
    }
  }

  tell(line: () => string): void {
    this.#story = { line, before: this.#story };
  }

  #set(at: number, changes: Partial<Place>): void {
    this.places[at] = { ...this.place(at), ...changes };
  }

  #canStillApply(request: Request): boolean {
    if (request.kind === 'effect') return this.ledger.wouldAccept(request.name, request.fence);
    const condition = conditionOf(request);
    if (condition === undefined) return false;
    return this.ledger.wouldApply(condition) || (condition === 'absent' && this.ledger.deletes);
  }
}

const lifeAfter = async (life: Life, lesson: Parameters<Life['after']>[0]) => {
  const next = await life.after(lesson);
  return { situation: next.situation, life: next };
};

export const letter = (index: number): string => String.fromCharCode('A'.charCodeAt(0) + index);
