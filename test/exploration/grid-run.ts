import type { MessageHandler } from '../../src/application/ports/message-handler.ts';
import { StepInterrupted } from '../../src/domain/step-errors.ts';
import { delivery } from '../support/deliveries.ts';
import type { Cell, Point } from './grid-cells.ts';
import { GridNetwork } from './grid-network.ts';
import { LockLedger, returned } from './lock-ledger.ts';
import { Process } from './process.ts';
import { type Open, type Outbox, textOf } from './requests.ts';

/** What came of a cell. */
export interface GridOutcome {
  readonly wrongs: readonly string[];
  /** The state of the message, and how often it was acquired. */
  readonly state: string | undefined;
  readonly attempts: number | undefined;
  /** How often the step was begun, and how often its effect was made. */
  readonly begun: number;
  readonly made: number;
}

/** Long enough for another process to see the lock expired and to finish the work. */
const freezeMs = 20_000;

/** Of one instance at a time, and of a message whose receiver says nothing. */
const peekLockMs = 60_000;

const startTime = Date.UTC(2024, 0, 1) + 400;

/** One cell of the grid: the requests are served as they come, but for the one fault. */
export class GridRun {
  readonly #cell: Cell;
  readonly #ledger = new LockLedger(startTime);
  readonly #network = new GridNetwork(this.#ledger);
  readonly #processes: Process[] = [];
  readonly #deliveryCounts: number[] = [];
  readonly #settled = new Set<number>();
  /** When the broker gives a message out again. */
  readonly #backAt = new Map<number, number>();
  #thawsAt: number | undefined;
  #isMet = false;
  #begun = 0;
  #made = 0;

  constructor(cell: Cell) {
    this.#cell = cell;
  }

  async run(): Promise<GridOutcome> {
    for (let index = 0; index < this.#cell.deliveries; index += 1) {
      if (index === 0 && this.#meets('before create')) this.#standsStillFromTheStart();
      else this.#deliver(index);
    }
    do await turnOfTheEventLoop();
    while (this.#goOn());
    this.#ledger.judgeEnd([]);
    if (!this.#isMet) this.#ledger.wrongs.push('the point was never reached');
    if (this.#live.some(({ sleepers }) => sleepers.length > 0)) this.#ledger.wrongs.push('a timer outlives the work');
    const { state, attempt: attempts } = this.#ledger.stored?.record ?? {};
    return { wrongs: this.#ledger.wrongs, state, attempts, begun: this.#begun, made: this.#made };
  }

  get #now(): number {
    return this.#ledger.now;
  }

  get #live(): readonly Process[] {
    return this.#processes.filter(({ ended }) => ended === undefined);
  }

  /** The next thing that happens; false if there is none. */
  #goOn(): boolean {
    const sent = this.#network.pending.find(({ sender }) => !this.#isFrozen(sender));
    if (sent === undefined) return this.#settle() || this.#network.land() || this.#passTime();
    this.#serve(sent);
    return true;
  }

  #serve(sent: Open): void {
    const { sentPoint, ackedPoint } = pointsOf(sent, this.#cell.point === 'step start written');
    if (sent.sender === 'A' && this.#meets(sentPoint)) this.#meetsFault(sent);
    else if (sent.sender === 'A' && this.#meets(ackedPoint)) {
      this.#network.apply(sent);
      this.#stop();
    } else this.#network.serve(sent);
  }

  #meetsFault(sent: Open): void {
    switch (this.#cell.fault) {
      case 'kill':
        this.#stop();
        break;
      case 'freeze':
        this.#network.apply(sent);
        this.#stop();
        break;
      case 'drop-request':
        this.#network.answerWith(sent, unknown);
        break;
      case 'drop-response':
      case '500-applied':
        this.#network.applyOnce(sent);
        this.#network.answerWith(sent, unknown);
        break;
      case 'duplicate-request':
        this.#network.applyOnce(sent);
        this.#network.serve(sent); // the answer is that to the second
        break;
      case 'delay':
        this.#network.leaveUnanswered(sent);
        break;
      case '503-not-applied':
      case '403':
        this.#network.refuse(sent, this.#cell.fault);
        break;
    }
  }

  #meets(point: Point | undefined): boolean {
    if (this.#isMet || point !== this.#cell.point) return false;
    this.#isMet = true;
    return true;
  }

  /** Kills or freezes the first process. */
  #stop(): void {
    const [first] = this.#processes;
    if (this.#cell.fault === 'freeze') {
      this.#thawsAt = this.#now + freezeMs;
    } else if (first !== undefined) {
      first.crash();
      this.#network.abandon(first.name);
      this.#ledger.endsAllOf(first.isOwner);
      this.#backAt.set(0, this.#now + peekLockMs);
    }
  }

  #isFrozen = (name: string): boolean => name === 'A' && this.#thawsAt !== undefined;

  /** Settles, or gives back, what a process has just ended. */
  #settle(): boolean {
    const index = this.#processes.findIndex(({ ended }, each) => {
      const isOpen = !this.#settled.has(each) && !this.#backAt.has(each);
      return isOpen && ended !== undefined && ended !== 'crashed';
    });
    const process = this.#processes[index];
    if (process === undefined) return false;
    if (process.ended === 'given back') this.#deliver(index);
    else if (this.#losesSettlement(process)) this.#backAt.set(index, this.#now + peekLockMs);
    else this.#settled.add(index);
    if (process.ended === 'settled') this.#ledger.judgeSettled(['charge']);
    return true;
  }

  /** Whether the settlement of the first delivery is what the fault meets, and the broker never gets it. */
  #losesSettlement({ name }: Process): boolean {
    if (name !== 'A') return false;
    if (this.#meets('host returns')) return true;
    if (this.#meets('settle sent')) return ['kill', 'drop-request', 'delay'].includes(this.#cell.fault);
    this.#meets('settle acked');
    return false;
  }

  /** Up to whatever is due next. */
  #passTime(): boolean {
    const awake = this.#live.filter(({ name }) => !this.#isFrozen(name));
    const due = awake.flatMap((process) => process.sleepers.map(({ dueAt }) => dueAt));
    this.#ledger.now = Math.min(...due, ...this.#backAt.values(), this.#thawsAt ?? Number.POSITIVE_INFINITY);
    if (this.#now === Number.POSITIVE_INFINITY) return false;
    if (this.#thawsAt === this.#now) this.#thawsAt = undefined;
    for (const [index, backAt] of this.#backAt) {
      if (backAt > this.#now) continue;
      this.#backAt.delete(index);
      this.#deliver(index);
    }
    // What was frozen gets the answers that wait for it before its timers fire.
    if (this.#network.pending.some(({ sender }) => !this.#isFrozen(sender))) return true;
    const next = awake
      .flatMap((process) => process.sleepers)
      .filter(({ dueAt }) => dueAt <= this.#now)
      .toSorted((a, b) => a.dueAt - b.dueAt);
    next[0]?.wake();
    return true;
  }

  #deliver(index: number): void {
    const process = this.#receive(index);
    const physical = { sequenceNumber: String(index), enqueuedTime: '2024-01-01T00:00:00.000Z' };
    process.start(delivery({ deliveryCount: this.#deliveryCounts[index] ?? 1, physical }));
  }

  /** A process that is going to get the message. */
  #receive(index: number): Process {
    const deliveryCount = (this.#deliveryCounts[index] ?? 0) + 1;
    this.#deliveryCounts[index] = deliveryCount;
    const name = `${'ABC'[index]}${deliveryCount === 1 ? '' : deliveryCount}`;
    const outbox = this.#network.outboxOf(name);
    const process = new Process({
      name,
      store: outbox.store,
      now: () => this.#now,
      wallOffset: this.#cell.skew * 1000 * (1 - index),
      random: () => 0.5,
      handler: this.#work(outbox),
      tell: () => undefined,
    });
    this.#processes[index] = process;
    return process;
  }

  /** The first process got the message, and did nothing yet. */
  #standsStillFromTheStart(): void {
    this.#receive(0).crash();
    this.#backAt.set(0, this.#now + (this.#cell.fault === 'freeze' ? freezeMs : peekLockMs));
  }

  #work(outbox: Outbox): MessageHandler {
    const atMostOnce = this.#cell.point === 'step start written';
    return async (_, { step, owner }) => {
      await outbox.pass('before step');
      const charge = step(
        'charge',
        async ({ fencingToken }) => {
          this.#begun += 1;
          this.#ledger.begins('charge', { fencingToken, owner });
          try {
            await outbox.effect('charge', { fencingToken, owner });
            this.#made += 1;
          } finally {
            this.#ledger.ends(owner);
          }
        },
        { atMostOnce },
      );
      await charge.catch((error) => {
        if (!(error instanceof StepInterrupted)) throw error;
      });
      this.#ledger.returns(owner);
      return returned;
    };
  }
}

/** Which points a request of the first delivery is. */
function pointsOf({ request }: Open, atMostOnce: boolean): { sentPoint?: Point; ackedPoint?: Point } {
  const text = textOf(request);
  if (request.kind === 'pass') return { ackedPoint: 'before step' };
  if (request.kind === 'effect') return { ackedPoint: 'effect done' };
  if (text.includes('completed (')) return { sentPoint: 'last write sent', ackedPoint: 'last write acked' };
  if (text.includes('charge started') && atMostOnce) return { ackedPoint: 'step start written' };
  if (text.includes('charge finished')) return { sentPoint: 'checkpoint sent', ackedPoint: 'checkpoint acked' };
  if (text.includes('on nothing')) return { sentPoint: 'create sent', ackedPoint: 'create acked' };
  return {};
}

const unknown = { kind: 'unknown', cause: new Error('No answer.') } as const;

const turnOfTheEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
