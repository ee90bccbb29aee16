import type { Conversation, HandoffNotes, OutboundContent } from '../domain.ts';
import { describeError } from '../errors.ts';
import { delayOf } from '../policy/delayOf.ts';
import type { Policy, PolicyDocument } from '../policy/schema.ts';
import type { Channel, DueTurn, Logger, TurnMessage } from '../ports.ts';
import { ReplyGate } from './replyGate.ts';
import type { Sent } from './sent.ts';
import { TurnActs } from './turnActs.ts';
import { type HostedTurn, TurnPace } from './turnPace.ts';
import { type DialogReceipts, TurnReceipts } from './turnReceipts.ts';
import type { TurnTools } from './turnTools.ts';
import { asksProvider } from './windowGuard.ts';

/** A turn as a bot sees it: what it answers, on which try, and what it can do about the receipt. */
export type BotTurn = Pick<
  Turn,
  'conversation' | 'message' | 'attempt' | 'channel' | 'receipts' | 'downloadMedia' | 'handOff' | 'takeBack'
>;

/**
 * One turn of the bot: it answers one inbound message. It knows when the dialog may run and when its reply may go
 * out; what becomes of the receipt never reaches the dialog.
 */
export class Turn {
  readonly message: TurnMessage;
  /** 1 for the first try; more after a crash or an error. */
  readonly attempt: number;
  readonly #tools: TurnTools;
  /** The channel by which the message came. */
  readonly channel: Channel;
  /** What the dialog can do about the receipt. */
  readonly receipts: DialogReceipts;
  readonly #pace: TurnPace;
  readonly #gate: ReplyGate;
  readonly #acts: TurnActs;
  #conversation: Conversation;
  #policy: Policy;
  #replies = 0;
  #passed: Promise<void> | undefined;
  /** Agents hold the conversation since this turn began. */
  #isSilent = false;
  #unsubscribe = () => {};

  /** @param hosted how it runs where another adapter runs it; absent: the engine does */
  constructor(tools: TurnTools, due: DueTurn, channel: Channel, policy: Policy, hosted?: HostedTurn) {
    const { conversation, message, ahead, waiting } = due;
    this.#tools = tools;
    this.channel = channel;
    this.#policy = policy;
    this.#conversation = conversation;
    this.message = message;
    this.attempt = due.attempt;
    this.receipts = new TurnReceipts(tools, this);
    this.#pace = new TurnPace(tools.parts, conversation.id, { hosted, waiting });
    this.#gate = new ReplyGate(tools, { conversation, message: message.ref, ahead }, this.#pace);
    this.#acts = new TurnActs(tools, due, this.#pace);
  }

  /** The conversation, as far as this turn has heard of it. */
  get conversation(): Conversation {
    return this.#conversation;
  }

  set conversation(changed: Conversation) {
    this.#conversation = changed;
  }

  /** The engine's log. */
  get log(): Logger {
    return this.#tools.parts.log;
  }

  /** Whether another adapter runs the turn: then nothing of ours is thrown at its bot. */
  get isHosted(): boolean {
    return this.#pace.hosted !== undefined;
  }

  /** Whether a reply now would have to wait longer than this turn may: it is then to be sent with {@link park}. */
  get isParked(): boolean {
    return this.isHosted && this.#gate.parkedUntil !== undefined;
  }

  /** Whether a stop, or the store, kept the bot from answering: the turn has not ended, whatever the bot made of it. */
  get cutOff(): boolean {
    return this.#pace.cutOff;
  }

  /** Bot state could not be read or written: see {@link TurnPace.cutOffBy}. */
  cutOffBy(error: unknown): void {
    this.#pace.cutOffBy(error);
  }

  /** Shows typing as the policy says. Whoever runs the turn calls it before anything else. */
  begin(): void {
    const { id, holder } = this.#conversation;
    // What is told of a hand-off is told whoever has the conversation: the answer is for its holder to give.
    this.#isSilent = this.message.kind === 'handoff' && holder !== 'bot';
    const subscriptions = [
      this.#tools.parts.signals.on(id, 'message', () => this.#pace.hurry()),
      this.#tools.parts.signals.on(id, 'agent', () => {
        this.#isSilent = true;
      }),
      this.#gate.follow(),
    ];
    this.#unsubscribe = () => {
      for (const unsubscribe of subscriptions) unsubscribe();
    };
    // Only a message is something to type on: a reaction or an opened chat has no ticks.
    if (this.message.kind !== 'message' || this.#pace.isAwaited) return;
    // Whose bot listens while agents hold the conversation is not the one who answers.
    if (holder !== 'bot') this.#pace.hurry();
    else this.#tools.typing.begin(this.#conversation, this.channel, this.#policy, this.message);
  }

  /** Waits as long as the policy has the bot think; not at all while another message of the conversation waits. */
  async think(): Promise<void> {
    const wanted = delayOf(this.#policy.think.delay, this.message.characters, this.#tools.parts.random());
    await this.#pace.linger(Math.min(wanted, this.#pace.left()));
  }

  /** What is said from now on is a notice, of an error or a hand-off: it waits for no pacing. */
  hurry(): void {
    this.#pace.hurry();
  }

  /** The bot has ended its work, and who called it waits for that: nothing is held back from now on. */
  holdNothing(): void {
    this.#pace.holdNothing();
  }

  /**
   * Waits until a reply may go out. The first waits for the moment `replying`, for a receipt that is due in this turn, or
   * its time, and for the pacing; later replies wait for the first. Typing has ended when it resolves.
   *
   * @param characters the length of the reply
   */
  async beforeReply(characters: number): Promise<void> {
    const isFirst = this.#passed === undefined;
    this.#passed ??= this.#gate
      .pass(characters, this.#policy)
      .then(patienceMs => this.#endTyping(patienceMs));
    await this.#passed;
    // Typing that the dialog has asked for between two replies.
    if (!isFirst) await this.#endTyping(this.#policy.reply.receiptBarrierMs);
  }

  /** Sends a reply; see {@link Outbox.send}. Once an agent has taken the conversation, nothing is sent. */
  async send(content: OutboundContent): Promise<Sent> {
    this.#pace.refuseWhenStopping();
    const { parts, outbox } = this.#tools;
    const turn = { ref: this.message.ref, ordinal: this.#replies };
    this.#replies += 1;
    // Typing never follows a reply: not that which a dialog asked for, and not that of a bot without the middleware.
    await this.#endTyping(this.#policy.reply.receiptBarrierMs);
    if (this.#isSilent || (parts.signals.missSome && (await this.#hasBeenTaken()))) {
      const fields = { conversation: this.#conversation.id, message: this.message.ref };
      parts.log.info(fields, 'A reply is left out: an agent has taken the conversation');
      return { ref: '', providerId: undefined };
    }
    const dueAt = this.#gate.parkedUntil;
    try {
      await this.#pace.refuseWhenLost();
      return await outbox.send(this.#conversation, content, {
        turn,
        policy: this.#policy,
        asksProvider: asksProvider(this.message.kind),
        ...(dueAt !== undefined && { dueAt }),
      });
    } catch (error) {
      this.#pace.cutOffBy(error);
      throw error;
    }
  }

  /**
   * Stores a reply that is due after the turn. Answers our id, or `undefined` where it cannot be kept: then the adapter is
   * to send it now.
   */
  async park(content: OutboundContent): Promise<string | undefined> {
    try {
      return (await this.send(content)).ref;
    } catch (error) {
      this.#tell(error, 'A reply that was to wait could not be kept: it goes out now');
      return undefined;
    }
  }

  /** Shows typing now, as far as policy and channel allow it. It ends with the next reply, or with the turn. */
  showTyping(): void {
    this.#tools.typing.showNow(this.#conversation, this.channel, this.#policy, this.message);
  }

  /**
   * Waits because the bot asked for a pause between what it sends, on the engine's clock.
   *
   * @param ms milliseconds; a minute in all, since what waits longer belongs in the store. What is no number is none
   */
  rest(ms: number): Promise<void> {
    return this.#pace.rest(ms);
  }

  /**
   * Resolves the policy again, because the dialog has set it: for the rest of this turn.
   *
   * @param message what holds for the message alone, already checked
   * @param options.decidesAnew whether the message's receipt is decided by it, if it is open still
   */
  async usePolicy(
    message: PolicyDocument | undefined,
    { decidesAnew }: { readonly decidesAnew: boolean },
  ): Promise<void> {
    const { parts, releaser } = this.#tools;
    this.#policy = parts.policyOf(this.#conversation, message);
    if (decidesAnew) await releaser.decideOne(this.#conversation, this.message.ref, this.#policy);
  }

  /** The bot lets go: from now on agents hold the conversation. See {@link Handoff.begin}. */
  handOff(given?: HandoffNotes): Promise<void> {
    return this.#change(this.#acts.handOff(given));
  }

  /** The bot has the conversation back from the agents, and may speak again. See {@link Handoff.takeBack}. */
  async takeBack(): Promise<void> {
    await this.#change(this.#acts.takeBack());
    this.#isSilent = this.#conversation.holder === 'agent';
  }

  /** The bot ends the conversation: what nobody read by then stays unread. */
  close(): Promise<void> {
    return this.#change(this.#acts.close());
  }

  /** A turn of ours that could not keep a change runs again. One of another's adapter does not: its bot goes on. */
  async #change(changed: Promise<Conversation>): Promise<void> {
    try {
      this.#conversation = await changed;
    } catch (error) {
      if (!this.isHosted) throw error;
      this.#tell(error, 'The hand-off could not be kept');
    }
  }

  /** Fetches a file that the customer sent with the message. */
  downloadMedia(mediaId: string, signal: AbortSignal) {
    return this.channel.downloadMedia(this.#conversation.business, mediaId, signal);
  }

  /** The turn is over: nothing of it goes on. */
  async end(): Promise<void> {
    this.#unsubscribe();
    this.#pace.hosted?.watch.end('done');
    const patienceMs = this.#policy.reply.receiptBarrierMs;
    await this.#tools.typing.end(this.#conversation.id, patienceMs, this.message.ref);
  }

  /** Whether an agent has the conversation since this turn began, which another process may have been told. */
  async #hasBeenTaken(): Promise<boolean> {
    const { id, holder } = this.#conversation;
    if (holder === 'agent') return false;
    try {
      const now = await this.#tools.parts.store.conversation(id);
      this.#isSilent ||= now?.holder === 'agent';
      return this.#isSilent;
    } catch (error) {
      this.#pace.cutOffBy(error);
      throw error;
    }
  }

  /** Nothing that shows typing is under way any more when it resolves. */
  async #endTyping(patienceMs: number): Promise<void> {
    const { typing, sender } = this.#tools;
    const { id } = this.#conversation;
    await Promise.all([sender.settleTyping(id, patienceMs), typing.end(id, patienceMs, this.message.ref)]);
  }

  #tell(error: unknown, message: string): void {
    const about = { conversation: this.#conversation.id, message: this.message.ref };
    this.#tools.parts.log.error({ ...about, ...describeError(error) }, message);
  }
}
