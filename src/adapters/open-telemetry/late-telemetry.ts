import type { LockEvent } from '../../application/ports/lock-events.ts';
import { noTelemetry, type SweepReport, type Telemetry } from '../../application/ports/telemetry/telemetry.ts';
import type { Operation, Origin, Span } from '../../application/ports/telemetry/tracing.ts';

/**
 * Telemetry through the OpenTelemetry API if that is installed: it is an optional peer of the package, and is loaded beside the
 * start of the process. Without it, and until it is there, nothing is told.
 */
export class LateTelemetry implements Telemetry {
  /** Whoever awaits it before its work misses nothing. Never rejects. */
  readonly ready: Promise<void>;
  #telemetry: Telemetry = noTelemetry;

  constructor(destination: string) {
    this.ready = import('./open-telemetry.ts').then(
      ({ OpenTelemetry }) => {
        this.#telemetry = new OpenTelemetry(destination);
      },
      () => undefined,
    );
  }

  begin<Result>(operation: Operation, origin: Origin, work: (span: Span) => Promise<Result>): Promise<Result> {
    return this.#telemetry.begin(operation, origin, work);
  }

  emit(event: LockEvent): void {
    this.#telemetry.emit(event);
  }

  swept(report: SweepReport): void {
    this.#telemetry.swept(report);
  }

  refusedEffect(effect: string): void {
    this.#telemetry.refusedEffect(effect);
  }
}
