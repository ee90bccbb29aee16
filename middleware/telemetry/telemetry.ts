import {
  type MeterProvider,
  metrics,
  ProxyTracerProvider,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { isOpen, type ReceiptOutcome } from '../domain.ts';
import type { Clock } from '../ports.ts';
import { Meters, type ReadGauges } from './meters.ts';
import { type Subject, Tracing } from './tracing.ts';
import { TurnWatch } from './turnWatch.ts';

/** Whom to tell what the engine does. */
export interface TelemetryOptions {
  /** Default OpenTelemetry's global one, whenever it is registered. */
  readonly tracerProvider?: TracerProvider;
  /** Default OpenTelemetry's global one, as it is when the engine is made: one that is registered later is told nothing. */
  readonly meterProvider?: MeterProvider;
}

/** What of the meters the engine works with. */
export type EngineMeters = Pick<Meters, 'add' | 'record' | 'read' | 'stop'>;

/** For whom nothing is to be counted. */
export const silence: EngineMeters = { add() {}, record() {}, read: async () => [], stop() {} };

/** What the parts of the engine tell of what they do. */
export class Telemetry {
  readonly meters: EngineMeters;
  readonly tracing: Tracing;
  readonly #clock: Clock;

  /**
   * @param readGauges see {@link Meters}
   * @param options whom to tell; `false`: nobody, and nothing is counted
   */
  constructor(clock: Clock, readGauges: ReadGauges, options: TelemetryOptions | false) {
    this.#clock = clock;
    if (options === false) {
      this.meters = silence;
      // One that no SDK is ever registered with.
      this.tracing = new Tracing(new ProxyTracerProvider());
      return;
    }
    this.meters = new Meters(options.meterProvider ?? metrics.getMeterProvider(), readGauges);
    this.tracing = new Tracing(options.tracerProvider ?? trace.getTracerProvider());
  }

  /**
   * Receipts were to change: those that have ended are counted.
   *
   * @param changed the refs of those that really changed
   */
  receipts(
    channel: string,
    changes: readonly { readonly ref: string; readonly outcome: ReceiptOutcome }[],
    changed: readonly string[],
  ): void {
    for (const { ref, outcome } of changes)
      if (!isOpen(outcome) && changed.includes(ref)) this.meters.add('receipts', [channel, outcome]);
  }

  /** A turn of the bot begins. */
  watchTurn(of: Subject, attempt: number): TurnWatch {
    return new TurnWatch({ meters: this.meters, tracing: this.tracing, clock: this.#clock }, of, attempt);
  }
}
