import type { Conversation, OutboundContent } from '../domain.ts';
import { BluetickError, describeError } from '../errors.ts';
import { delayOf } from '../policy/delayOf.ts';
import type { Policy, PolicyDocument } from '../policy/schema.ts';
import type { Channel, DueTurn, Receipt, ReceiptsAhead, TurnMessage } from '../ports.ts';
import type { EngineParts } from './engineParts.ts';
import type { Handoff } from './handoff.ts';
import type { Outbox, Sent } from './outbox.ts';
import { pause, wokenBy } from './pause.ts';
import type { ReceiptMarker } from './receiptMarker.ts';
import type { ReceiptReleaser } from './receiptReleaser.ts';
import type { ReceiptSender } from './receiptSender.ts';
import { type DialogReceipts, TurnReceipts } from './turnReceipts.ts';
import type { TypingIndicator } from './typingIndicator.ts';

/** The longest that a turn waits in memory at a time: what waits longer lives in the store. */
export const longestWaitMs = 60_000;

/** How a turn runs that another adapter runs, in a request that does not wait for ever. */
export interface HostedTurn {
  /** Until when the turn may hold back what the bot does, in Unix milliseconds. */
  readonly deadline: number;
  /** Whether a reply that has to wait longer may go out by the channel, behind the back of the adapter. */
  readonly parks: boolean;
  /** Whether nothing is held back, because the caller waits for the answers. */
  readonly awaited: boolean;
}

/** What a turn works with. */
export interface TurnTools {
  readonly parts: EngineParts;
  readonly sender: ReceiptSender;
  readonly typing: TypingIndicator;
  readonly outbox: Outbox;
  readonly releaser: ReceiptReleaser;
  readonly handoff: Handoff;
  readonly marker: ReceiptMarker;
}

/**
 * One turn of the bot: it answers one inbound message. It knows when the dialog may run and when its reply may go
 * out; what becomes of the receipt never reaches the dialog.
 */
export class Turn {
  readonly conversation: Conversation;
  readonly message: TurnMessage;
  /** 1 for the first try; more after a crash or an error. */
  readonly attempt: number;
  readonly #tools: TurnTools;
  /** The channel by which the message came. */
  readonly channel: Channel;
  /** What the dialog can do about the receipt. */
  readonly receipts: DialogReceipts;
  readonly #hosted: HostedTurn | undefined;
  #policy: Policy;
  /** What is known of the receipts that the reply may have to wait for: it saves looks into the store. */
  #ahead: ReceiptsAhead;
  #hurry: boolean;
  #replies = 0;
  #gate: Promise<void> | undefined;
  #cutOff = false;
  /** Where the reply has to wait long for its receipt, it waits in the store until then. */
  #parkedUntil: number | undefined;
  #unsubscribe = () => {};

  /** @param hosted how it runs where another adapter runs it; absent: the engine does */
  constructor(tools: TurnTools, due: DueTurn, channel: Channel, policy: Policy, hosted?: HostedTurn) {
    this.#tools = tools;
    this.channel = channel;
    this.#hosted = hosted;
    this.#policy = policy;
    this.conversation = due.conversation;
    this.message = due.message;
    this.attempt = due.attempt;
    this.receipts = new TurnReceipts(tools, this);
    this.#ahead = due.ahead;
    this.#hurry = due.waiting || hosted?.awaited === true;
  }

  /** Whether a reply now would have to wait longer than this turn may: it is then to be sent with {@link send}. */
  get isParked(): boolean {
    return this.#parkedUntil !== undefined;
  }

  /** Whether a stop kept the bot from answering: the turn has not ended then, whatever the bot made of it. */
  get cutOff(): boolean {
    return this.#cutOff;
  }

  /** Shows typing as the policy says. The runner calls it before anything else. */
  begin(): void {
    const { signals } = this.#tools.parts;
    const unsubscribe = [
      signals.on(this.conversation.id, 'message', () => {
        this.#hurry = true;
      }),
      // What has ended stays so: a receipt that is opened later is a later message's.
      signals.on(this.conversation.id, 'receipts', open => {
        if (this.#ahead.what !== 'nothing') this.#ahead = { what: open === false ? 'nothing' : 'unknown' };
      }),
    ];
    this.#unsubscribe = () => {
      for (const end of unsubscribe) end();
    };
    // Only a message is something to type on: a reaction or an opened chat has no ticks.
    if (this.message.kind !== 'message' || this.#hosted?.awaited) return;
    // Whose bot listens while agents hold the conversation is not the one who answers.
    if (this.conversation.holder !== 'bot') {
      this.#hurry = true;
      return;
    }
    this.#tools.typing.begin(this.conversation, this.channel, this.#policy, this.message.sentAt);
  }

  /** Waits as long as the policy has the bot think; not at all while another message of the conversation waits. */
  async think(): Promise<void> {
    const { delay } = this.#policy.think;
    const wanted = delayOf(delay, this.message.characters, this.#tools.parts.random());
    await this.#linger(Math.min(wanted, this.#budget()));
  }

  /** What is said from now on is a notice, of an error or a hand-off: it waits for no pacing. */
  hurry(): void {
    this.#hurry = true;
  }

  /**
   * Waits until the first reply may go out: the moment `replying` has come, a receipt that is due in this turn has
   * gone before it or had its time, and the pacing has passed. Typing has ended when it resolves. Later replies of
   * the turn wait for the first.
   *
   * @param characters the length of the reply
   */
  beforeReply(characters: number): Promise<void> {
    this.#gate ??= this.#openGate(characters);
    return this.#gate;
  }

  /** Sends a reply; see {@link Outbox.send}. */
  async send(content: OutboundContent): Promise<Sent> {
    this.#refuseWhenStopping();
    const turn = { ref: this.message.ref, ordinal: this.#replies };
    this.#replies += 1;
    // Typing never follows a reply: not that which a dialog asked for, and not that of a bot without the middleware.
    await this.#endTyping(this.#policy.reply.receiptBarrierMs);
    const dueAt = this.#parkedUntil;
    return this.#tools.outbox.send(this.conversation, content, {
      turn,
      ...(dueAt !== undefined && { dueAt }),
    });
  }

  /** Shows typing now, as far as policy and channel allow it. It ends with the next reply, or with the turn. */
  showTyping(): void {
    this.#tools.typing.showNow(this.conversation, this.channel, this.#policy, this.message.sentAt);
  }

  /**
   * Waits because the bot asked for a pause between what it sends, on the engine's clock.
   *
   * @param ms milliseconds; at most a minute, since what waits longer belongs in the store. What is no number is none
   */
  async rest(ms: number): Promise<void> {
    const { scheduler, stopping } = this.#tools.parts;
    if (!(ms > 0)) return;
    await pause(scheduler, Math.min(ms, longestWaitMs), { signal: stopping }).catch(() => {});
    this.#refuseWhenStopping();
  }

  /** Puts a checked document over the policy, for the rest of this turn. */
  usePolicy(document: PolicyDocument): void {
    this.#policy = this.#tools.parts.policyOf(this.conversation, document);
  }

  /** The bot lets go: from now on agents hold the conversation. */
  handOff(): Promise<void> {
    return this.#change(() => this.#tools.handoff.begin(this.conversation.id));
  }

  /** The bot ends the conversation: what nobody read by then stays unread. */
  close(): Promise<void> {
    return this.#change(() => this.#tools.handoff.report(this.conversation.id, 'closed'));
  }

  /** A turn of ours that could not keep a change runs again. One of another's adapter does not: its bot goes on. */
  async #change(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#hosted === undefined) throw error;
      const fields = { conversation: this.conversation.id, ...describeError(error) };
      this.#tools.parts.log.error(fields, 'The hand-off could not be kept');
    }
  }

  /** Fetches a file that the customer sent with the message. */
  downloadMedia(mediaId: string, signal: AbortSignal) {
    return this.channel.downloadMedia(this.conversation.business, mediaId, signal);
  }

  /** The turn is over: nothing of it goes on. */
  async end(): Promise<void> {
    this.#unsubscribe();
    await this.#tools.typing.end(this.conversation.id, this.#policy.reply.receiptBarrierMs);
  }

  async #openGate(characters: number): Promise<void> {
    const { parts } = this.#tools;
    const { receiptBarrierMs, delay } = this.#policy.reply;
    const pacing = delayOf(delay, characters, parts.random());
    // One budget for all that the provider may take: a provider that hangs costs the reply the barrier, no more.
    let budget = receiptBarrierMs;
    try {
      await this.#release(pacing);
      if (this.#hosted?.awaited) return;
      budget -= await this.#awaitReceipt(receiptBarrierMs);
    } catch (error) {
      this.#refuseWhenStopping();
      const fields = {
        conversation: this.conversation.id,
        message: this.message.ref,
        ...describeError(error),
      };
      parts.log.warn(fields, 'The reply does not wait for its receipt');
    }
    await this.#pace(pacing);
    await this.#endTyping(budget);
  }

  async #pace(pacing: number): Promise<void> {
    const left = this.#budget();
    if (this.#parkedUntil !== undefined) this.#parkedUntil += pacing;
    else if (pacing <= left || this.#hurry) await this.#linger(pacing);
    else if (this.#hosted?.parks) this.#parkedUntil = this.#tools.parts.clock.now() + pacing;
    else await this.#linger(left);
  }

  /** How long the turn may still hold back what the bot does, in milliseconds. */
  #budget(): number {
    if (this.#hosted === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(this.#hosted.deadline - this.#tools.parts.clock.now(), 0);
  }

  /** Nothing that shows typing is under way any more when it resolves. */
  async #endTyping(patienceMs: number): Promise<void> {
    const { typing, sender } = this.#tools;
    const { id } = this.conversation;
    await Promise.all([sender.settleTyping(id, patienceMs), typing.end(id, patienceMs)]);
  }

  /** The reply is ready: releases what waits for that, up to the message that this turn answers. */
  async #release(pacing: number): Promise<void> {
    const { parts, typing, releaser } = this.#tools;
    const { id } = this.conversation;
    const open = this.#ahead.what === 'unknown' ? await parts.store.openReceipts(id, this.message.ref) : [];
    const mine = this.#ahead.what === 'own' ? scheduledFor(this.#ahead.dueAt) : this.#mine(open);
    const due = mine?.outcome === 'scheduled' && (mine.dueAt ?? 0) <= parts.clock.now();
    if (!due && (pacing === 0 || this.#hurry)) typing.withdraw(id);
    await releaser.release(this.conversation, 'replying', open);
  }

  #mine(open: readonly Receipt[]): Receipt | undefined {
    return open.find(({ ref }) => ref === this.message.ref);
  }

  /** The message's receipt while it is open, from what is known or from the store. */
  async #ownReceipt(): Promise<Pick<Receipt, 'outcome' | 'dueAt' | 'attempts'> | undefined> {
    if (this.#ahead.what === 'nothing') return undefined;
    if (this.#ahead.what === 'own') return scheduledFor(this.#ahead.dueAt);
    return this.#mine(await this.#tools.parts.store.openReceipts(this.conversation.id, this.message.ref));
  }

  /**
   * Waits for the message's receipt: until it is due, then for the provider, but no longer than the barrier. Answers
   * how long the provider took of it, in milliseconds.
   */
  async #awaitReceipt(barrierMs: number): Promise<number> {
    const { clock, scheduler, signals } = this.#tools.parts;
    const { id } = this.conversation;
    let from: number | undefined;
    for (;;) {
      // Listening begins before the look, so that a receipt that is settled meanwhile is not missed.
      const settled = Promise.withResolvers<void>();
      const unsubscribe = signals.on(id, 'receipts', () => settled.resolve());
      try {
        const receipt = await this.#ownReceipt();
        const now = clock.now();
        if (receipt?.outcome !== 'scheduled') return from === undefined ? 0 : Math.max(now - from, 0);
        const { dueAt = 0, attempts } = receipt;
        from ??= attempts === 0 ? Math.max(now, dueAt) : now;
        const left = this.#budget();
        if (attempts === 0 && dueAt - now > Math.min(left, longestWaitMs) && this.#hosted?.parks !== false) {
          this.#parkedUntil = from + barrierMs;
          return 0;
        }
        const barrier = Math.min(from + barrierMs, now + left);
        // What failed is tried again later than the reply can wait.
        if (now >= barrier || dueAt > barrier) return Math.max(now - from, 0);
        const signal = this.#tools.parts.stopping;
        if ((await pause(scheduler, barrier - now, { wake: wokenBy(settled.promise), signal })) === 'time')
          return barrierMs;
      } finally {
        unsubscribe();
      }
    }
  }

  async #linger(ms: number): Promise<void> {
    if (ms <= 0 || this.#hurry) return;
    const { scheduler, signals, stopping } = this.#tools.parts;
    const wake = (end: () => void) => signals.on(this.conversation.id, 'message', end);
    // A pause is only ever cut off by a stop.
    await pause(scheduler, ms, { wake, signal: stopping }).catch(() => {});
    this.#refuseWhenStopping();
  }

  /** A turn of ours runs again after the start; one that another adapter runs goes on as if we were not there. */
  #refuseWhenStopping(): void {
    if (!this.#tools.parts.stopping.aborted || this.#hosted !== undefined) return;
    this.#cutOff = true;
    throw new BluetickError('store_unavailable', 'Bluetick stops; the turn runs again after the start');
  }
}

/** A receipt that was just decided on. */
function scheduledFor(dueAt: number): Pick<Receipt, 'outcome' | 'dueAt' | 'attempts'> {
  return { outcome: 'scheduled', dueAt, attempts: 0 };
}
