import type { LedgerMove } from '../ledger.ts';
import type { LedgerEvent } from '../ledgerEvent.ts';
import type { Meters } from '../telemetry/meters.ts';
import type { AcceptedMessage, FigureOwner } from './figures/figureRecorder.ts';
import type { StatusCounter } from './figures/names.ts';

/**
 * What the ledger is told, as metrics. The figures of `insights` are by the hour and kept; these are of this process and say what
 * happens now. Of a business nothing is told but its channel.
 */
export class LedgerMeasure {
  readonly #meters: Pick<Meters, 'add' | 'record'>;

  constructor(meters: Pick<Meters, 'add' | 'record'>) {
    this.#meters = meters;
  }

  accepted({ conversation: { channel }, at, waitingSince }: AcceptedMessage): void {
    this.#meters.add('sent', [channel, 'send', 'accepted']);
    if (waitingSince !== undefined) this.#meters.record('timeToReply', [channel], at - waitingSince);
  }

  /** What was told for the first time. Of another sender's messages nothing is counted. */
  moved({ origin, conversation: { channel }, before, after }: LedgerMove): void {
    if (origin !== 'own') return;
    for (const level of ['delivered', 'read'] as const)
      if (before.at[level] === undefined && after.at[level] !== undefined)
        this.#meters.add('acknowledgements', [channel, level]);
    const failures = Math.max(after.failures.length - before.failures.length, 0);
    this.#meters.add('acknowledgements', [channel, 'failed'], failures);
    const { sent, delivered } = after.at;
    const wasKnown = before.at.sent !== undefined && before.at.delivered !== undefined;
    if (!wasKnown && sent !== undefined && delivered !== undefined)
      this.#meters.record('timeToDeliver', [channel], delivered - sent);
  }

  counted(what: StatusCounter, { channel }: FigureOwner): void {
    this.#meters.add('acknowledgements', [channel, what]);
  }

  receiptSent({ channel }: FigureOwner, admittedAt: number, at: number): void {
    this.#meters.record('timeToBlue', [channel], at - admittedAt);
  }

  /** A message did not go out, or an escalation has ended. */
  ended(event: LedgerEvent): void {
    if (event.type === 'message.failed') this.#meters.add('sent', [event.channel, 'send', 'refused']);
    if (event.type === 'message.escalated') this.#meters.add('escalations', [event.channel, event.state]);
  }
}
