import { hash } from 'node:crypto';
import type { Clock } from '../../src/application/ports/clock.ts';
import type { LockStore } from '../../src/application/ports/lock-store.ts';
import type { MessageHandler } from '../../src/application/ports/message-handler.ts';
import { ProcessMessage } from '../../src/application/process-message.ts';
import { DeliveryError } from '../../src/domain/errors.ts';
import type { Delivery } from '../../src/domain/message.ts';
import { type OwnerId, ownerId } from '../../src/domain/owner.ts';
import { type DurationMs, seconds } from '../../src/domain/time.ts';
import { lockOf, messageId } from '../support/lock-records.ts';
import { defaultSettings } from '../support/message-run.ts';

/** The shortest ttl that leaves something of it valid after the margin: few polls until it expires. */
export const exploredTtl: DurationMs = seconds(2);

/** Pauses between the tries of one request, which no signal ends, take no time: when a try is answered is a choice anyway. */
const longestPauseMs = 500;

/** What the process waits for from outside, and how it is let go on. */
export interface Sleeper {
  readonly dueAt: number;
  wake(): void;
}

export type Ended = 'settled' | 'given back' | 'crashed';

export interface ProcessOptions {
  readonly name: string;
  readonly delivery: Delivery;
  readonly store: LockStore;
  readonly now: () => number;
  /** By how much its clock is wrong, in milliseconds. */
  readonly wallOffset: number;
  /** Chooses the longest poll, and no wait before a takeover. */
  readonly random: () => number;
  readonly handler: MessageHandler;
  readonly tell: (what: string) => void;
}

/** One process of the app that works on one delivery, by the real code. Time and the store are in the explorer's hands. */
export class Process {
  readonly name: string;
  readonly sleepers: Sleeper[] = [];
  ended: Ended | undefined;
  /** Everything it learnt from outside, as a digest: what it does next follows from it. */
  learnt = '';
  readonly #options: ProcessOptions;
  #owners = 0;

  constructor(options: ProcessOptions) {
    this.name = options.name;
    this.#options = options;
  }

  start(): void {
    const { delivery, store, random, handler, tell } = this.#options;
    const processMessage = new ProcessMessage(
      {
        store,
        clock: this.clock,
        ids: { newMessageId: () => messageId('unused'), newOwnerId: () => this.#newOwnerId() },
        random,
        events: { emit: () => undefined },
        lockNameOf: lockOf,
      },
      handler,
      { ...defaultSettings, lockTtlMs: exploredTtl },
    );
    const end = (ended: Ended, how: string) => {
      if (this.ended !== undefined) return;
      this.ended = ended;
      tell(`${this.name}: ${how}`);
    };
    processMessage.run(delivery).then(
      ({ kind }) => end('settled', kind),
      (error) => {
        const isFinal = error instanceof DeliveryError && error.isFinal;
        end(isFinal ? 'settled' : 'given back', `gives the message back: ${String(error)}`);
      },
    );
  }

  /** Notes what it learns now. */
  learns(what: string): void {
    this.learnt = hash('sha1', `${this.learnt}|${this.#options.now()}|${what}`, 'base64');
  }

  isOwner = (owner: OwnerId): boolean => owner.startsWith(`${this.name}-`);

  get clock(): Clock {
    const { now, wallOffset } = this.#options;
    return {
      monotonic: now,
      wallTime: () => now() + wallOffset,
      timestamp: () => '2024-01-01T00:00:00.000Z',
      sleep: async (wait, signal) => {
        signal?.throwIfAborted();
        if (wait > (signal === undefined ? longestPauseMs : 0)) await this.#sleep(now() + wait, signal);
      },
    };
  }

  #sleep(dueAt: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.sleepers.splice(this.sleepers.indexOf(sleeper), 1);
        signal?.removeEventListener('abort', abort);
      };
      const abort = () => {
        leave();
        reject(signal?.reason);
      };
      const wake = () => {
        leave();
        resolve();
      };
      const sleeper = { dueAt, wake };
      signal?.addEventListener('abort', abort, { once: true });
      this.sleepers.push(sleeper);
    });
  }

  #newOwnerId(): OwnerId {
    this.#owners += 1;
    return ownerId(`${this.name}-${this.#owners}`);
  }
}
