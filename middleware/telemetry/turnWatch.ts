import type { Span } from '@opentelemetry/api';
import type { Clock } from '../ports.ts';
import type { TurnEnd } from '../records.ts';
import { type Elapsed, measure } from '../timing/systemClock.ts';
import { attribute } from './attributes.ts';
import type { Meters } from './meters.ts';
import { failed, type Subject, type Tracing, within } from './tracing.ts';

/** Watches one turn of the bot: how long it takes, and how it ends. */
export class TurnWatch {
  readonly #meters: Pick<Meters, 'record'>;
  readonly #channel: string;
  readonly #took: Elapsed;
  readonly #span: Span | undefined;

  /** @param attempt which try it is, from 1 */
  constructor(
    parts: { readonly meters: Pick<Meters, 'record'>; readonly tracing: Tracing; readonly clock: Clock },
    of: Subject,
    attempt: number,
  ) {
    this.#meters = parts.meters;
    this.#channel = of.channel;
    this.#took = measure(parts.clock);
    this.#span = parts.tracing.begin('turn', of, { attributes: { [attribute.attempt]: attempt } });
  }

  /** Runs the bot: what it traces hangs below the turn. */
  within<T>(work: () => Promise<T>): Promise<T> {
    return this.#span === undefined ? work() : within(this.#span, work);
  }

  /** @param how as it is written down */
  end(how: TurnEnd['how']): void {
    this.#meters.record('turns', [this.#channel, 'turn', how], this.#took());
    const span = this.#span;
    if (span === undefined) return;
    span.setAttribute(attribute.outcome, how);
    if (how !== 'done') failed(span, '_OTHER');
    span.end();
  }
}
