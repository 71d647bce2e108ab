import type { OperatorAct } from '../../src/domain/operator-act.ts';
import { type DurationMs, seconds } from '../../src/domain/time.ts';
import { graceOf } from '../../src/domain/ttl.ts';
import type { Choice, Explored } from './explorer.ts';
import { Lives } from './life.ts';
import { LockLedger, stepNames } from './lock-ledger.ts';
import { letter, Moment, midnight, type Pending, type Place } from './moment.ts';
import { operatorWrite } from './operator.ts';
import { exploredTtl } from './process.ts';
import { changesLock, textOf } from './requests.ts';

export interface DeliveriesOptions {
  /** How many physical messages there are of the one ID. */
  readonly deliveries: number;
  /** How often anything goes wrong in one schedule. */
  readonly faults: number;
  /** How many steps the work has. Default: 1. */
  readonly steps?: 1 | 2;
  /** How long each step waits before it makes its effect. Default: not at all. */
  readonly stepMs?: DurationMs;
  /** Whether the first attempt fails after its steps. */
  readonly failsOnce?: boolean;
  /** Whether each step runs at most once. */
  readonly atMostOnce?: boolean;
  /** What an operator does by hand, once each, at any moment at which it has an effect. */
  readonly operator?: readonly OperatorAct['action'][];
  /** Whether the lock is deleted as soon as the work is done. */
  readonly deletes?: boolean;
  /** Whether one process gets all the messages, and not each one of its own. */
  readonly together?: boolean;
  /** Whether nothing is left out since it leads to what something else leads to, too. */
  readonly everyOrder?: boolean;
  /** Whether all clocks are wrong by an hour, and not each by something else. Then the processes are all alike. */
  readonly clocksAlike?: boolean;
}

const hour = 3_600_000;

/** Longer than a lock lives without a write. */
const pastExpiryMs = exploredTtl + graceOf(exploredTtl) + 1000;

/** Longer than an owner may begin steps without a write, and shorter than its lock lives. */
const pastValidityMs = exploredTtl - graceOf(exploredTtl) + 500;

/**
 * Deliveries of one message at work at once. What is next is always a choice among all that wait: which request the store
 * serves, and what goes wrong instead. Time passes when nobody waits for the store any more, up to whoever wakes next; or, as
 * a fault, at any moment, past the validity of a lock or past its expiry, with requests and answers under way.
 *
 * A write that gets no answer stays on its way: applied next, its answer was lost; applied later, it was late; never, it
 * was lost itself. So does the request of a process that crashes.
 *
 * Left out, since it leads to what something else leads to as well (the test runs small cases with all of it, too):
 *
 * - who of those that the store has not served yet comes first. They have done the same so far;
 * - the order of looks at a lock that is somebody else's, is not expired, and can be changed by nobody else meanwhile: see
 *   `#onlyLook`;
 * - a late write whose condition cannot be met any more, and a late effect that is refused for good: they change nothing;
 * - a crash of one that neither waits for the store nor owns the lock: it would come back as it was.
 *
 * Left out, and not proved here: a handler that goes on after its signal was aborted, the deadline of an execution, shutdown, a
 * wait for an active lock that ends before the lock is free, a message that expires, the last permitted delivery, an effect
 * whose answer is lost, clocks that jump or stand still, timers of one process that are due at the same moment and fire in
 * another order, and two faults or more in one process that has several deliveries. Other tests are about these.
 */
export class Deliveries implements Explored {
  readonly #options: DeliveriesOptions;
  readonly #moment: Moment;

  private constructor(options: DeliveriesOptions, moment: Moment) {
    this.#options = options;
    this.#moment = moment;
  }

  static async begin(options: DeliveriesOptions): Promise<Deliveries> {
    const { deliveries, faults, together = false, deletes = false } = options;
    const messages = Array.from({ length: deliveries }, (_, index) => String(index));
    const places = (together ? [messages] : messages.map((message) => [message])).map(placeOf(livesOf(options)));
    const { operator = [] } = options;
    const ledger = new LockLedger(midnight + 400, { keepsCompleted: !deletes });
    const moment = new Moment(ledger, places, { faults, operator });
    for (const at of places.keys()) await moment.deliver(at);
    return new Deliveries(options, moment);
  }

  get wrongs(): readonly string[] {
    return this.#moment.ledger.wrongs;
  }

  get story(): readonly string[] {
    return this.#moment.story;
  }

  get key(): string {
    return this.#moment.keyOf(this.#options.clocksAlike === true);
  }

  get choices(): readonly Choice[] {
    const { places, late, pending } = this.#moment;
    // Until the store has served one of them, they are all alike: who comes first is called A.
    const firstUnserved = places.findIndex(({ isServed }) => !isServed);
    const able = [...places.keys()].filter(
      (at) => this.#options.everyOrder || places[at]?.isServed || at === firstUnserved,
    );
    const served = pending.filter(({ at }) => able.includes(at));
    const next = this.#onlyLook(served) ? served.slice(0, 1) : served;
    const choices = [
      ...next.map((each) =>
        this.#choice(
          () => this.#moment.textOf(each),
          (moment) => moment.serve(each),
        ),
      ),
      ...late.map((request) =>
        this.#choice(
          () => `late: ${textOf(request)}`,
          async (moment) => moment.land(request),
        ),
      ),
    ];
    if (next.length === 0) choices.push(...this.#quiet());
    choices.push(...this.#operatorActs());
    if (this.#moment.faults > 0) choices.push(...this.#faultsOf(able, next));
    return choices;
  }

  /**
   * Whether all that is under way is looks at a lock that is somebody else's: whoever sees it goes to sleep, so their order
   * makes no difference. Should one of them write instead, the ledger says what is wrong with that.
   */
  #onlyLook(pending: readonly Pending[]): boolean {
    if (this.#options.everyOrder) return false;
    const { ledger, late } = this.#moment;
    const { record } = ledger.stored ?? {};
    if (record?.state !== 'held' || ledger.isExpired || late.length > 0) return false;
    return pending.every(({ request, at }) => request.kind === 'read' && !this.#moment.isOwner(at, record.owner));
  }

  /**
   * A person reads and writes in one moment: as its write is applied on the revision that it read alone, whatever comes in
   * between either makes no difference or leaves it without effect.
   */
  #operatorActs(): readonly Choice[] {
    return this.#moment.operator
      .filter((action) => operatorWrite(this.#moment.ledger, action) !== undefined)
      .map((action) =>
        this.#choice(
          () => `an operator: ${action}`,
          async (moment) => moment.actsByHand(action),
        ),
      );
  }

  /** What happens when nobody waits for the store. */
  #quiet(): readonly Choice[] {
    const { places, sleepers, now } = this.#moment;
    const isNobodyAtWork = places.every(({ life }) => life === undefined);
    const back = [...places.keys()].filter((at) =>
      // What a process crashed with comes back when its peek-lock ends: later than all that the others wait for.
      places[at]?.messages.some((status) => status === 'given back' || (status === 'crashed' && isNobodyAtWork)),
    );
    if (back.length > 0) {
      const label = () => `delivered again: ${back.map(letter).join(', ')}`;
      return [
        this.#choice(label, async (moment) => {
          for (const at of back) await moment.deliver(at);
        }),
      ];
    }
    if (isNobodyAtWork) return [];
    const next = Math.min(...sleepers.map(({ dueAt }) => dueAt));
    if (next === Number.POSITIVE_INFINITY) throw new Error('Somebody waits for what never comes.');
    return [
      this.#choice(
        () => `${next - now} ms pass`,
        (moment) => moment.passUntil(next),
      ),
    ];
  }

  #faultsOf(able: readonly number[], pending: readonly Pending[]): readonly Choice[] {
    const { ledger, now } = this.#moment;
    const text = this.#moment.textOf;
    const fault = (label: () => string, happens: (moment: Moment) => Promise<void>, isCostly = true) =>
      this.#choice(
        () => `FAULT ${label()}`,
        async (moment) => {
          moment.faults -= 1;
          if (isCostly) moment.costly += 1;
          await happens(moment);
        },
      );
    const unanswered = pending
      .filter(({ request, isAnswered }) => request.kind !== 'effect' && !isAnswered)
      .map((each) =>
        fault(
          () => `no answer: ${text(each)}`,
          (moment) => moment.leaveUnanswered(each),
          false,
        ),
      );
    // One that neither waits for the store nor owns the lock would come back as it was.
    const owner = ledger.stored?.record.owner;
    const crashes = able
      .filter((at) => this.#moment.place(at).life !== undefined)
      .filter((at) => pending.some((each) => each.at === at) || (owner && this.#moment.isOwner(at, owner)))
      .map((at) =>
        fault(
          () => `${this.#moment.place(at).names.me} crashes`,
          async (moment) => moment.crash(at),
        ),
      );
    if (pending.length === 0) return [...unanswered, ...crashes];
    const pauses = [pastValidityMs, pastExpiryMs].flatMap((ms) => [
      fault(
        () => `${ms} ms pass`,
        (moment) => moment.passUntil(now + ms),
      ),
      ...pending
        .filter(({ request, isAnswered }) => !isAnswered && changesLock(ledger, request))
        .map((each) =>
          fault(
            () => `applied, and answered after ${ms} ms at the earliest: ${text(each)}`,
            async (moment) => {
              moment.apply(each);
              await moment.passUntil(now + ms);
            },
          ),
        ),
    ]);
    return [...unanswered, ...crashes, ...pauses];
  }

  #choice(label: () => string, happens: (moment: Moment) => Promise<void>): Choice {
    return {
      take: async () => {
        const next = await this.#moment.next(label, happens);
        const { places, ledger } = next;
        const steps = stepNames.slice(0, this.#options.steps ?? 1);
        const statuses = places.flatMap(({ messages }) => messages);
        const { attempt = 0 } = ledger.stored?.record ?? {};
        // Three lost answers can use up the time that one operation has; two never do.
        const lost = this.#options.faults - next.faults - next.costly;
        const byHand = (this.#options.operator ?? []).length - next.operator.length;
        const mostAttempts = 1 + (this.#options.failsOnce ? 1 : 0) + byHand + next.costly + Math.floor(lost / 3);
        // One that was deleted says no more that its token may come again, which costs an attempt, too.
        if (attempt > mostAttempts && !ledger.deletes)
          ledger.wrongs.push(`attempt ${attempt}, where ${mostAttempts} are explained`);
        // One that failed for good is taken over by another physical message, if there is one.
        if (statuses.includes('settled') && !this.#options.atMostOnce) ledger.judgeSettled(steps);
        if (statuses.every((status) => status === 'settled')) ledger.judgeEnd(steps);
        return new Deliveries(this.#options, next);
      },
    };
  }
}

/** What processes can live through: the same for all, if their clocks are alike. */
function livesOf({
  steps = 1,
  stepMs = seconds(0),
  failsOnce = false,
  atMostOnce = false,
  deletes = false,
  clocksAlike = false,
}: DeliveriesOptions): (at: number) => Lives {
  const livesWith = (wallOffset: number) =>
    new Lives({ wallOffset, steps, stepMs, failsOnce, atMostOnce, keepsCompleted: !deletes });
  const alike = livesWith(hour);
  return (at) => (clocksAlike ? alike : livesWith([0, hour, -hour][at] ?? 0));
}

const placeOf =
  (livesOf: (at: number) => Lives) =>
  (messages: readonly string[], at: number): Place => ({
    lives: livesOf(at),
    life: undefined,
    names: { me: letter(at), since: 0, owners: [], versions: [], messages },
    messages: messages.map(() => 'given back'),
    delivered: [],
    answers: [],
    processes: 0,
    isServed: false,
  });
