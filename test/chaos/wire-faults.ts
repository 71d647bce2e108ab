import { setTimeout as delay } from 'node:timers/promises';
import type { Faults, SendFault, SettleFault } from 'service-bus-emulator';
import type { BlobFault, ProxiedRequest } from '../support/blob-proxy.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { seedOf } from './seed.ts';
import { nameIn } from './store-history.ts';

/** How many times each kind of fault happened. */
export type Counts = Map<string, number>;

/**
 * What goes wrong on the way to the two engines. Whether a request is lost depends on the seed, on what it is about, and on
 * which of its kind it is for its message: not on what happens to other messages meanwhile.
 */
export class WireFaults {
  readonly counts: Counts = new Map();
  readonly #seed: number;
  readonly #seen = new Map<string, number>();
  #isOn = true;
  #delayed = 0;
  #storeTroubleUntil = 0;
  #queueTroubleUntil = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** How many requests are being delayed. */
  get delayed(): number {
    return this.#delayed;
  }

  /** From here on nothing goes wrong any more. */
  stop(): void {
    this.#isOn = false;
  }

  troubleStore(lastingMs: number): void {
    this.#storeTroubleUntil = performance.now() + lastingMs;
  }

  troubleQueue(lastingMs: number): void {
    this.#queueTroubleUntil = performance.now() + lastingMs;
  }

  /** For the proxy in front of the store. */
  readonly ofRequest = ({ method, url }: ProxiedRequest): BlobFault | undefined => {
    const random = this.#when(`${method} ${nameIn(url) ?? url}`, 0.015, this.#storeTroubleUntil);
    if (random === undefined) return undefined;
    const kind = random.of(storeFaultKinds);
    this.#count(`store: ${storeFaults[kind]}`);
    switch (kind) {
      // Often longer than the sender waits, and seldom than its lock lasts.
      case 'delay':
        return { kind, until: this.#delay(50 + random.next() ** 2 * 7000) };
      case 'cut':
        return { kind, hangs: random.chance(0.5) };
      default:
        return { kind };
    }
  };

  /** For the Service Bus emulator. */
  readonly ofQueue: Faults = {
    onSend: ({ messageId }) =>
      this.#ofQueue<SendFault>(`send ${messageId}`, 0.01, ['store-and-cut', { reject: 'com.microsoft:server-busy' }]),
    onDelivery: ({ messageId }) => this.#ofQueue(`delivery ${messageId}`, 0.005, ['withhold', 'end-lock']),
    onSettle: ({ messageId }) => this.#ofQueue(`settlement ${messageId}`, 0.015, settleFaults),
    onRenew: ({ messageId }) => this.#ofQueue(`renewal ${messageId}`, 0.01, ['refuse']),
  };

  #ofQueue<Fault>(what: string, probability: number, faults: readonly [Fault, ...Fault[]]): Fault | undefined {
    const random = this.#when(what, probability, this.#queueTroubleUntil);
    if (random === undefined) return undefined;
    const fault = random.of(faults);
    const [point] = what.split(' ');
    this.#count(`queue: ${point} ${typeof fault === 'string' ? fault : 'rejected'}`);
    return fault;
  }

  /** The random numbers for a fault; undefined if there is none this time. */
  #when(what: string, probability: number, troubleUntil: number): SeededRandom | undefined {
    const nth = (this.#seen.get(what) ?? 0) + 1;
    this.#seen.set(what, nth);
    if (!this.#isOn) return undefined;
    const random = new SeededRandom(seedOf(this.#seed, `${what} ${nth}`));
    return random.chance(performance.now() < troubleUntil ? 10 * probability : probability) ? random : undefined;
  }

  async #delay(ms: number): Promise<void> {
    this.#delayed += 1;
    await delay(ms);
    this.#delayed -= 1;
  }

  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}

type StoreFaultKind = keyof typeof storeFaults;

const storeFaults = {
  'drop-request': 'request lost',
  'drop-answer': 'answer lost',
  delay: 'request delayed',
  hang: 'answer never sent',
  cut: 'answer cut off',
};

/** Each as often as it weighs: a lost answer is what the protocol has the most to do for. */
const storeFaultKinds: readonly [StoreFaultKind, ...StoreFaultKind[]] = [
  ...(['drop-request', 'drop-request', 'drop-answer', 'drop-answer', 'drop-answer'] as const),
  ...(['delay', 'delay', 'hang', 'cut'] as const),
];

const settleFaults: readonly [SettleFault, ...SettleFault[]] = [
  ...(['ignore', 'ignore', 'apply-and-ignore', 'apply-and-ignore', 'end-lock', 'end-lock'] as const),
  ...(['cut', 'apply-and-cut'] as const),
];
