import { BluetickError, isBluetickError } from '../errors.ts';
import type { TurnWatch } from '../telemetry/turnWatch.ts';
import type { Left } from '../timing/countDown.ts';
import { pause } from '../timing/pause.ts';
import type { EngineParts } from './engineParts.ts';

/** The longest that a turn waits in memory at a time: what waits longer lives in the store. */
export const longestWaitMs = 60_000;

/** How a turn runs that another adapter runs, in a request that does not wait for ever. */
export interface HostedTurn {
  /** How long the turn may still hold back what the bot does. */
  readonly left: Left;
  /** Whether a reply that has to wait longer may go out by the channel, behind the back of the adapter. */
  readonly parks: boolean;
  /** Whether nothing is held back, because the caller waits for the answers. */
  readonly awaited: boolean;
  /** Who is told when it is over. */
  readonly watch: Pick<TurnWatch, 'end'>;
}

/** How long a turn may wait, and what cuts its waiting short: another message, a notice, a stop. */
export class TurnPace {
  readonly hosted: HostedTurn | undefined;
  readonly #parts: EngineParts;
  readonly #conversation: string;
  #hurries: boolean;
  #awaited: boolean;
  #cutOff = false;
  #restLeft = longestWaitMs;

  constructor(
    parts: EngineParts,
    conversation: string,
    { hosted, waiting }: { readonly hosted: HostedTurn | undefined; readonly waiting: boolean },
  ) {
    this.#parts = parts;
    this.#conversation = conversation;
    this.hosted = hosted;
    this.#awaited = hosted?.awaited === true;
    this.#hurries = waiting || this.#awaited;
  }

  /** Whether thinking and pacing are left out. */
  get hurries(): boolean {
    return this.#hurries;
  }

  /** Whether not even a receipt is waited for. */
  get isAwaited(): boolean {
    return this.#awaited;
  }

  /** Whether a stop, or the store, kept the bot from answering: the turn has not ended, whatever the bot made of it. */
  get cutOff(): boolean {
    return this.#cutOff;
  }

  /** What is said from now on is a notice, or somebody else waits already: it is neither thought about nor paced. */
  hurry(): void {
    this.#hurries = true;
  }

  /** Nothing is held back from now on. */
  holdNothing(): void {
    this.#hurries = true;
    this.#awaited = true;
  }

  /** How long the turn may still hold back what the bot does, in milliseconds. */
  left(): number {
    return this.hosted === undefined ? Number.POSITIVE_INFINITY : this.hosted.left();
  }

  /** Waits, unless the turn hurries; another message of the conversation ends it. */
  async linger(ms: number): Promise<void> {
    if (ms <= 0 || this.#hurries) return;
    const { scheduler, signals, stopping } = this.#parts;
    const wake = (end: () => void) => signals.on(this.#conversation, 'message', end);
    // A pause is only ever cut off by a stop.
    await pause(scheduler, ms, { wake, signal: stopping }).catch(() => {});
    this.refuseWhenStopping();
  }

  /** Waits because the bot asked for it: at most a minute in a turn, since what waits longer belongs in the store. */
  async rest(ms: number): Promise<void> {
    const wanted = Math.min(ms, this.#restLeft, this.left());
    if (!(wanted > 0)) return;
    this.#restLeft -= wanted;
    const { scheduler, stopping } = this.#parts;
    await pause(scheduler, wanted, { signal: stopping }).catch(() => {});
    this.refuseWhenStopping();
  }

  /** The store failed the turn: what a bot makes of that is no answer, and the turn runs again. */
  cutOffBy(error: unknown): void {
    if (this.hosted === undefined && isBluetickError(error) && error.code === 'store_unavailable')
      this.#cutOff = true;
  }

  /**
   * A turn of ours that is cut off runs again; one that another adapter runs goes on as if we were not there.
   *
   * @throws BluetickError `store_unavailable` where a turn of ours meets a stop, or was cut off before
   */
  refuseWhenStopping(): void {
    if (this.hosted !== undefined) return;
    if (this.#parts.stopping.aborted) this.#cutOff = true;
    if (this.#cutOff)
      throw new BluetickError('store_unavailable', 'The turn is cut off; it runs again later');
  }

  /**
   * As {@link refuseWhenStopping}; it waits where it cannot be known whether another process has taken over the turn.
   *
   * @throws BluetickError `store_unavailable` where one has, too: the turn is that one's to run again
   */
  async refuseWhenLost(): Promise<void> {
    this.refuseWhenStopping();
    if (this.hosted !== undefined) return;
    const lease = this.#parts.dispatcher.leaseOf('turn', this.#conversation);
    if (lease === undefined) return;
    if (!(await lease.holds())) this.#cutOff = true;
    this.refuseWhenStopping();
  }
}
