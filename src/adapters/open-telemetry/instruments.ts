import {
  type Counter,
  createNoopMeter,
  type Histogram,
  type MeterProvider,
  metrics,
  type ObservableGauge,
} from '@opentelemetry/api';
import type { Staying, SweepReport } from '../../application/ports/telemetry/telemetry.ts';
import type { LockRecord } from '../../domain/lock-record.ts';
import { attribute, metric } from './names.ts';

/** Up to ten minutes: work is longer than the calls that the conventions' own boundaries are for. */
const workSeconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 120, 300, 600];
/** Source: semantic conventions 1.45, messaging metrics. */
const callSeconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const requestCounts = [1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 50, 100];

/** The instruments of one meter provider. */
export class Instruments {
  readonly processDuration: Histogram;
  readonly operationDuration: Histogram;
  readonly holdDuration: Histogram;
  readonly waitDuration: Histogram;
  readonly stepDuration: Histogram;
  readonly queueLag: Histogram;
  readonly requests: Histogram;
  readonly sweepDuration: Histogram;
  readonly consumed: Counter;
  readonly sent: Counter;
  readonly decisions: Counter;
  readonly takeovers: Counter;
  readonly lost: Counter;
  readonly clockDisagreements: Counter;
  readonly ambiguousWrites: Counter;
  readonly refusedEffects: Counter;
  readonly sweepDeleted: Counter;
  readonly locks: ObservableGauge;
  readonly oldestAge: ObservableGauge;
  readonly lastSweep: ObservableGauge;
  #stays: SweepReport['stays'];
  #sweptAt: number | undefined;

  constructor(provider: MeterProvider, scope: { readonly name: string; readonly version: string }) {
    const meter = provider.getMeter(scope.name, scope.version);
    const histogram = (name: string, unit: string, explicitBucketBoundaries: number[], description: string) =>
      meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries } });
    const counter = (name: string, unit: string, description: string) =>
      meter.createCounter(name, { unit, description });
    const gauge = (name: string, unit: string, description: string) =>
      meter.createObservableGauge(name, { unit, description });
    this.processDuration = histogram(metric.processDuration, 's', workSeconds, 'How long a delivery was worked on.');
    this.operationDuration = histogram(metric.operationDuration, 's', callSeconds, 'Sending and settling.');
    this.holdDuration = histogram(metric.holdDuration, 's', workSeconds, 'From the acquisition to the last write.');
    this.waitDuration = histogram(metric.waitDuration, 's', workSeconds, 'How long a delivery waited for the lock.');
    this.stepDuration = histogram(metric.stepDuration, 's', workSeconds, 'How long a step took, with its write.');
    this.queueLag = histogram(metric.queueLag, 's', workSeconds, 'From the enqueued time, by the clock of the broker.');
    this.requests = histogram(metric.requests, '{request}', requestCounts, 'Requests to the store of one delivery.');
    this.sweepDuration = histogram(metric.sweepDuration, 's', workSeconds, 'How long a sweep took.');
    this.consumed = counter(metric.consumed, '{message}', 'Deliveries.');
    this.sent = counter(metric.sent, '{message}', 'Attempts to send a message.');
    this.decisions = counter(metric.decisions, '{decision}', 'What was decided about locks, or happened to them.');
    this.takeovers = counter(metric.takeovers, '{takeover}', 'New owners of locks that others had before.');
    this.lost = counter(metric.lost, '{lock}', 'Locks that their owner lost.');
    this.clockDisagreements = counter(metric.clockDisagreements, '{disagreement}', "By the store's clocks.");
    this.ambiguousWrites = counter(metric.ambiguousWrites, '{write}', 'Writes whose answer was lost or unclear.');
    this.refusedEffects = counter(metric.refusedEffects, '{effect}', 'Writes of owners that had lost their lock.');
    this.sweepDeleted = counter(metric.sweepDeleted, '{lock}', 'Locks past their retention.');
    this.locks = gauge(metric.locks, '{lock}', 'Locks that the last sweep of this process left, by state.');
    this.oldestAge = gauge(metric.oldestAge, 's', 'How old the oldest of them was, by state.');
    this.lastSweep = gauge(metric.lastSweep, 's', 'When this process last swept to the end, as a Unix time.');
    this.#observe();
  }

  /** Keeps what a sweep saw, for whoever asks until the next one. */
  swept(report: SweepReport): void {
    this.sweepDeleted.add(report.deleted);
    this.sweepDuration.record(report.durationMs / 1000);
    this.#stays = report.stays ?? this.#stays;
    this.#sweptAt = Date.now() / 1000;
  }

  #observe(): void {
    const byState = (gauge: ObservableGauge, shown: (staying: Staying) => number) =>
      gauge.addCallback((result) => {
        if (this.#stays === undefined) return;
        for (const state of states) {
          result.observe(shown(this.#stays.get(state) ?? none), { [attribute.lockState]: state });
        }
      });
    byState(this.locks, ({ count }) => count);
    byState(this.oldestAge, ({ oldestAgeMs }) => oldestAgeMs / 1000);
    this.lastSweep.addCallback((result) => {
      if (this.#sweptAt !== undefined) result.observe(this.#sweptAt);
    });
  }
}

const none: Staying = { count: 0, oldestAgeMs: 0 };
const states: readonly LockRecord['state'][] = ['held', 'released', 'completed', 'failed'];

/**
 * The instruments of the provider that is registered now, if there is one: unlike tracers, those of an earlier one would stay
 * dead.
 */
export class CurrentInstruments {
  readonly #scope: { readonly name: string; readonly version: string };
  #provider: MeterProvider | undefined;
  #instruments: Instruments | undefined;

  constructor(scope: { readonly name: string; readonly version: string }) {
    this.#scope = scope;
  }

  get(): Instruments | undefined {
    const provider = metrics.getMeterProvider();
    if (provider !== this.#provider) {
      this.#provider = provider;
      const { name, version } = this.#scope;
      const isSilent = provider.getMeter(name, version) === createNoopMeter();
      this.#instruments = isSilent ? undefined : new Instruments(provider, this.#scope);
    }
    return this.#instruments;
  }
}
