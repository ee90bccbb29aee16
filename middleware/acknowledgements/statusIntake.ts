import type { Acknowledgement, Conversation } from '../domain.ts';
import type { Acknowledged, AcknowledgementEntry, LedgerMove } from '../ledger.ts';
import type { Channel, Logger } from '../ports.ts';
import type { FigureOwner } from './figures/figureRecorder.ts';
import type { StatusCounter } from './figures/names.ts';
import { reportedLevels } from './fold.ts';
import { LedgerDoor } from './ledgerDoor.ts';

/** What came of the statuses of a webhook. */
export interface StatusReport {
  /** Statuses that changed a row. */
  readonly acknowledged: number;
  /** Statuses that the ledger held already, at the door or in the store. */
  readonly repeats: number;
  /** Statuses of messages that are not known yet: kept. */
  readonly orphans: number;
  /** Statuses of another business or recipient than their message's: set aside. */
  readonly quarantined: number;
}

/** What somebody has to do because of a webhook's statuses, before it is answered. */
export interface StatusConsequences {
  readonly report: StatusReport;
  /** Conversations in which somebody else who shares the number has answered the customer. */
  readonly othersSpoke: readonly Conversation[];
}

/** A status that changed its row. */
export type AppliedStatus = Extract<Acknowledged, { readonly what: 'applied' }>;

/** Who is told what came of statuses. */
export interface StatusListener {
  /** A status moved a message. */
  applied(status: AppliedStatus): void;
  /** What a customer wrote moved a message. */
  moved(move: LedgerMove): void;
  /** A status moved nothing. */
  counted(what: StatusCounter, of: FigureOwner): void;
}

/** Everything that the statuses ever came to, for metrics. */
export type StatusTotals = { -readonly [Name in keyof StatusReport]: number };

/** The statuses of webhooks: what goes to the store, and what follows from its answers. */
export class StatusIntake {
  readonly #door = new LedgerDoor();
  readonly #totals: StatusTotals = { acknowledged: 0, repeats: 0, orphans: 0, quarantined: 0 };
  readonly #listener: StatusListener;
  readonly #log: Logger;

  constructor(listener: StatusListener, log: Logger) {
    this.#listener = listener;
    this.#log = log;
  }

  /** What all statuses since the start came to. */
  get totals(): Readonly<StatusReport> {
    return this.#totals;
  }

  /** The statuses that the store has to see: all but repeats. */
  enter(channel: Channel, statuses: readonly Acknowledgement[]): AcknowledgementEntry[] {
    return statuses.flatMap(acknowledgement => {
      if (this.#door.isRepeat(acknowledgement)) {
        this.#listener.counted('repeat', acknowledgement);
        return [];
      }
      const foreign = !channel.businesses.includes(acknowledgement.business);
      return [{ acknowledgement, ...(foreign && { foreign }) }];
    });
  }

  /**
   * Tells everybody what the store made of the statuses, and says what is still to be done.
   *
   * @param of.webhook what the log calls the one that they came in
   * @param of.came how many statuses it held
   * @param of.entries those that went to the store
   * @param of.acknowledged what became of each, in the same order
   * @param of.implied the messages that the webhook's own messages show to have been read
   */
  leave(of: {
    readonly webhook?: string | undefined;
    readonly came: number;
    readonly entries: readonly AcknowledgementEntry[];
    readonly acknowledged: readonly Acknowledged[];
    readonly implied: readonly LedgerMove[];
  }): StatusConsequences {
    const { webhook, came, entries, acknowledged, implied } = of;
    const logsEach = this.#log.isLevelEnabled?.('debug') !== false;
    const report: StatusTotals = {
      acknowledged: 0,
      repeats: came - entries.length,
      orphans: 0,
      quarantined: 0,
    };
    const othersSpoke: Conversation[] = [];
    for (const move of implied) this.#listener.moved(move);
    for (const [index, each] of acknowledged.entries()) {
      const { acknowledgement: status, foreign = false } = entries[index] as AcknowledgementEntry;
      if (each.what === 'applied') {
        const { move, made } = each;
        report.acknowledged += 1;
        this.#door.remember(status, move.after);
        this.#listener.applied(each);
        if (logsEach) this.#log.debug({ ...aboutMove(move), means: status.means, webhook }, 'Status applied');
        if (made === 'other' && isReply(status, move)) othersSpoke.push(move.conversation);
      } else if (each.what === 'repeat') {
        report.repeats += 1;
        this.#door.remember(status, each.state);
        this.#listener.counted('repeat', status);
      } else if (each.what === 'orphan') {
        report.orphans += 1;
        this.#listener.counted('orphan', status);
      } else {
        report.quarantined += 1;
        // Statuses of businesses that are not ours are no figures of ours.
        if (!foreign) this.#listener.counted('quarantined', status);
      }
    }
    if (report.quarantined > 0)
      this.#log.warn({ quarantined: report.quarantined }, 'Statuses do not belong to their messages');
    for (const name of Object.keys(report) as (keyof StatusReport)[]) this.#totals[name] += report[name];
    return { report, othersSpoke };
  }
}

/** What a line says of a message that a status moved. It costs no look at what the message answers, whose trace it would have. */
function aboutMove({ conversation, ref }: LedgerMove): object {
  return { conversation: conversation.id, message: ref, trace: undefined };
}

/** Whether a status of another sender's message shows that the customer was answered: it went out, and not before. */
function isReply({ means, at }: Acknowledgement, { conversation }: LedgerMove): boolean {
  return reportedLevels.some(level => level === means) && at >= conversation.windowFrom;
}
