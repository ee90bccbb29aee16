import type { Conversation } from '../domain.ts';
import { describeError } from '../errors.ts';
import { delayOf } from '../policy/delayOf.ts';
import type { Policy } from '../policy/schema.ts';
import type { Clock, Receipt, ReceiptsAhead } from '../ports.ts';
import { pause, wokenBy } from '../timing/pause.ts';
import { type Elapsed, measure } from '../timing/systemClock.ts';
import { longestWaitMs, type TurnPace } from './turnPace.ts';
import type { TurnTools } from './turnTools.ts';

/** What the first reply of a turn waits for. */
export class ReplyGate {
  readonly #tools: TurnTools;
  readonly #conversation: Conversation;
  /** Our id of the message that is answered. */
  readonly #message: string;
  readonly #pace: TurnPace;
  /** What is known of the receipts that the reply may have to wait for: it saves looks into the store. */
  #ahead: ReceiptsAhead;
  #news = Promise.withResolvers<void>();
  #parkedUntil: number | undefined;

  constructor(
    tools: TurnTools,
    of: { readonly conversation: Conversation; readonly message: string; readonly ahead: ReceiptsAhead },
    pace: TurnPace,
  ) {
    this.#tools = tools;
    this.#conversation = of.conversation;
    this.#message = of.message;
    this.#ahead = of.ahead;
    this.#pace = pace;
  }

  /** Where the reply has to wait longer than the turn may, it waits in the store until then. */
  get parkedUntil(): number | undefined {
    return this.#parkedUntil;
  }

  /** Follows what becomes of receipts, from before the turn begins; the answer ends it. */
  follow(): () => void {
    const { signals } = this.#tools.parts;
    const { id } = this.#conversation;
    const unsubscribe = [
      signals.on(id, 'receipts', open => {
        // What has ended stays so: a receipt that is opened later is a later message's.
        if (this.#ahead.what !== 'nothing') this.#ahead = { what: open ? 'unknown' : 'nothing' };
        this.#news.resolve();
      }),
      signals.on(id, 'read', refs => {
        if (!refs.includes(this.#message)) return;
        if (this.#ahead.what === 'own') this.#ahead = { what: 'nothing' };
        this.#news.resolve();
      }),
    ];
    return () => {
      for (const end of unsubscribe) end();
    };
  }

  /**
   * Resolves when the first reply may go out, by the policy as it is then. Answers how long a call that shows typing
   * may still be waited for, in milliseconds.
   *
   * @param characters the length of the reply
   */
  async pass(characters: number, policy: Policy): Promise<number> {
    const { parts } = this.#tools;
    const { receiptBarrierMs, delay } = policy.reply;
    const pacing = delayOf(delay, characters, parts.random());
    // One budget for all that the provider may take: a provider that hangs costs the reply the barrier, no more.
    let budget = receiptBarrierMs;
    try {
      await this.#release(pacing, policy);
      if (this.#pace.isAwaited) return 0;
      budget -= await this.#awaitReceipt(receiptBarrierMs);
    } catch (error) {
      // A store that could not release the receipt: the reply would go, and nobody would release it any more.
      this.#pace.cutOffBy(error);
      this.#pace.refuseWhenStopping();
      const fields = { conversation: this.#conversation.id, message: this.#message, ...describeError(error) };
      parts.log.warn(fields, 'The reply does not wait for its receipt');
    }
    await this.#wait(pacing);
    return budget;
  }

  /** Pacing. What is due later than the turn may last, or stands behind a reply that is, is parked. */
  async #wait(pacing: number): Promise<void> {
    const { parts, parked } = this.#tools;
    const now = parts.clock.now();
    const left = this.#pace.left();
    const wanted = this.#pace.hurries ? 0 : pacing;
    const before = this.#pace.hosted?.parks ? parked.until(this.#conversation.id, now) : undefined;
    if (this.#parkedUntil !== undefined) this.#parkedUntil += wanted;
    else if (before !== undefined) this.#parkedUntil = Math.max(before, now + wanted);
    else if (wanted <= left) await this.#pace.linger(wanted);
    else if (this.#pace.hosted?.parks) this.#parkedUntil = now + wanted;
    else await this.#pace.linger(left);
    if (this.#parkedUntil !== undefined) parked.add(this.#conversation.id, this.#parkedUntil, now);
  }

  /** The reply is ready: releases what waits for that, up to the message that this turn answers. */
  async #release(pacing: number, policy: Policy): Promise<void> {
    const { parts, typing, releaser } = this.#tools;
    const { id } = this.#conversation;
    const open = this.#ahead.what === 'unknown' ? await this.#open() : [];
    const receipt = this.#ahead.what === 'own' ? scheduledFor(this.#ahead.dueAt) : this.#ownOf(open);
    const due = receipt?.outcome === 'scheduled' && (receipt.dueAt ?? 0) <= parts.clock.now();
    if (!due && (pacing === 0 || this.#pace.hurries)) typing.withdraw(id);
    const own = { ref: this.#message, policy };
    await releaser.release(this.#conversation, 'replying', open, { by: 'reply' }, own);
  }

  /**
   * Waits for the message's receipt: until it is due, then for the provider, but no longer than the barrier. Answers
   * how long the provider took of it, in milliseconds.
   */
  async #awaitReceipt(barrierMs: number): Promise<number> {
    const { clock, scheduler, signals, stopping } = this.#tools.parts;
    let waited: Elapsed | undefined;
    for (;;) {
      // Listening begins before the look, so that a receipt that is settled meanwhile is not missed.
      this.#news = Promise.withResolvers();
      const receipt = await this.#ownReceipt();
      if (receipt?.outcome !== 'scheduled') return Math.max(waited?.() ?? 0, 0);
      const { dueAt = 0, attempts } = receipt;
      // One that was put off is due by the provider's time, not by the policy's.
      const isPutOff = attempts > 0 || this.#tools.sender.isKeptBack(this.#conversation);
      const dueInMs = dueAt - clock.now();
      waited ??= measureIn(isPutOff ? 0 : Math.max(dueInMs, 0), clock);
      const left = this.#pace.left();
      const isLong = !isPutOff && dueInMs > Math.min(left, longestWaitMs);
      if (isLong && this.#pace.hosted?.parks !== false) {
        this.#parkedUntil = dueAt + barrierMs;
        return 0;
      }
      const barrierLeft = Math.min(barrierMs - waited(), left);
      // What failed is tried again later than the reply can wait.
      if (barrierLeft <= 0 || dueInMs > barrierLeft) return Math.max(waited(), 0);
      const wake = wokenBy(this.#news.promise);
      const waitMs = Math.min(barrierLeft, signals.lookAgainMs);
      const ended = await pause(scheduler, waitMs, { wake, signal: stopping });
      if (ended === 'time' && waitMs === barrierLeft) return barrierMs;
      // Another process may have sent it, or have seen that somebody holds it.
      if (ended === 'time') this.#ahead = { what: 'unknown' };
    }
  }

  /** The message's receipt while it is open, from what is known or from the store. */
  async #ownReceipt(): Promise<Pick<Receipt, 'outcome' | 'dueAt' | 'attempts'> | undefined> {
    if (this.#ahead.what === 'nothing') return undefined;
    if (this.#ahead.what === 'own') return scheduledFor(this.#ahead.dueAt);
    return this.#ownOf(await this.#open());
  }

  #open(): Promise<readonly Receipt[]> {
    return this.#tools.parts.store.openReceipts(this.#conversation.id, this.#message);
  }

  #ownOf(open: readonly Receipt[]): Receipt | undefined {
    return open.find(({ ref }) => ref === this.#message);
  }
}

/** Measures what goes by from a moment that comes in `ms` milliseconds; until then it is below 0. */
function measureIn(ms: number, clock: Clock): Elapsed {
  const elapsed = measure(clock);
  return () => elapsed() - ms;
}

/** A receipt that was just decided on. */
function scheduledFor(dueAt: number): Pick<Receipt, 'outcome' | 'dueAt' | 'attempts'> {
  return { outcome: 'scheduled', dueAt, attempts: 0 };
}
