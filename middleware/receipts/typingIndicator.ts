import { randomUUID } from 'node:crypto';
import type { Conversation } from '../domain.ts';
import { describeError } from '../errors.ts';
import { decideTyping, typingPeriodOf } from '../policy/decideTyping.ts';
import type { Policy } from '../policy/schema.ts';
import type { Channel } from '../ports.ts';
import { countDown } from '../timing/countDown.ts';
import { endWithin } from '../timing/endWithin.ts';
import type { CallGate } from './callGate.ts';
import type { EngineParts } from './engineParts.ts';
import { aboutTyping, type TypingFor, type TypingSession } from './typingSession.ts';

/** How long a call that shows typing may take that is still under way when the bot lets go of a conversation. */
export const handoffPatienceMs = 1500;

/**
 * Where no receipt is due that could show typing in the same call, a turn shows it only when it takes longer than
 * this: typing that flashes up just before an answer tells nobody anything, and costs a call.
 */
const graceMs = 500;

/**
 * Typing, one session a conversation at most: it lives as long as a turn works on its answer. On a channel where
 * typing marks messages read, it is shown only on a message that is read already, and by the receipt's own call.
 */
export class TypingIndicator {
  readonly #parts: EngineParts;
  readonly #gate: CallGate;
  readonly #sessions = new Map<string, TypingSession>();
  readonly #undeclared = new Map<string, Promise<void>>();

  constructor(parts: EngineParts, gate: CallGate) {
    this.#parts = parts;
    this.#gate = gate;
  }

  /** Says that a turn is about to begin, whose wish is not known yet; the answer says that it is known. */
  announce(conversation: string): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#undeclared.set(conversation, promise);
    return () => {
      this.#undeclared.delete(conversation);
      resolve();
    };
  }

  /** Resolves when it is known whether a turn of the conversation that is beginning wants typing. */
  async declared(conversation: string): Promise<void> {
    await this.#undeclared.get(conversation);
  }

  /** Begins to show typing, as far as policy and channel allow it. */
  begin(conversation: Conversation, channel: Channel, policy: Policy, message: TypingFor): void {
    this.#begin(conversation, channel, policy, message, true);
  }

  #begin(
    conversation: Conversation,
    channel: Channel,
    policy: Policy,
    { ref, sentAt }: TypingFor,
    keepsAlive: boolean,
  ): void {
    const { clock, signals, stopping } = this.#parts;
    const { capabilities } = channel;
    const wish = decideTyping(policy, {
      capabilities,
      holder: conversation.holder,
      receiptOpen: false,
      read: true,
    });
    if (!wish.show || stopping.aborted) return;
    const shared = this.#sessions.get(conversation.id);
    if (shared !== undefined) {
      shared.owners.add(ref);
      shared.sentAt = Math.max(shared.sentAt, sentAt);
      shared.keepsAlive ||= keepsAlive;
      return;
    }
    const session: TypingSession = {
      conversation,
      channel,
      policy,
      owners: new Set([ref]),
      sentAt,
      keepsAlive,
      left: countDown(policy.typing.limitMs, clock),
      wanted: true,
      showing: false,
      cancelTimer: () => {},
      unsubscribe: signals.on(conversation.id, 'receipts', () => {
        const waits = capabilities.typing === 'impliesRead' && !session.showing;
        if (waits) this.#schedule(session, graceMs);
      }),
      call: undefined,
    };
    this.#sessions.set(conversation.id, session);
    this.#schedule(session, capabilities.typing === 'independent' ? 0 : graceMs);
  }

  /** Shows typing without delay, because the dialog asked for it: after a reply, when the session had ended, once. */
  showNow(conversation: Conversation, channel: Channel, policy: Policy, message: TypingFor): void {
    this.#begin(conversation, channel, policy, message, false);
    const session = this.#sessions.get(conversation.id);
    if (session !== undefined && !session.showing) this.#schedule(session, 0);
  }

  /** Whether a turn of the conversation wants typing now. */
  wants(conversation: string): boolean {
    const session = this.#sessions.get(conversation);
    return session?.wanted === true && session.left() > 0;
  }

  /** The reply goes right behind its receipt: a receipt that is not due yet goes out without typing. */
  withdraw(conversation: string): void {
    const session = this.#sessions.get(conversation);
    if (session !== undefined) session.wanted = false;
  }

  /**
   * Shows typing once, for somebody else who types: it ends by itself. Rejects where the provider does not show it.
   *
   * @param messageId the message to show it on, where typing marks messages read
   */
  async showOnce(
    conversation: Conversation,
    channel: Channel,
    messageId: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#make(conversation, channel, { show: true, messageId }, signal);
    const { changes } = this.#parts;
    if (changes.any)
      changes.tell({ type: 'typing', conversation: conversation.id, by: 'business', typing: true });
  }

  /** A receipt's call has shown typing. */
  shown(conversation: string): void {
    const session = this.#sessions.get(conversation);
    if (session === undefined) return;
    this.#shows(session, true);
    this.#keepAlive(session);
  }

  /**
   * Ends the session. A call that is under way is awaited, so that it cannot land after the reply; one that takes
   * longer than `patienceMs` is given up.
   *
   * @param owner our id of the message whose turn ends it: it goes on while another turn wants it. Default: for all
   */
  async end(conversation: string, patienceMs: number, owner?: string): Promise<void> {
    const session = this.#sessions.get(conversation);
    if (session === undefined) return;
    if (owner !== undefined) session.owners.delete(owner);
    if (owner !== undefined && session.owners.size > 0) {
      await this.#settle(session, patienceMs);
      // The reply has taken typing away at the customer's.
      if (this.#sessions.get(conversation) === session) this.#schedule(session, graceMs);
      return;
    }
    this.#sessions.delete(conversation);
    session.cancelTimer();
    session.unsubscribe();
    await this.#settle(session, patienceMs);
    if (session.showing && session.channel.capabilities.stopTyping) {
      this.#call(session, false);
      await this.#settle(session, patienceMs);
    }
    this.#shows(session, false);
  }

  /** Whether typing shows at the customer's from now on; where it cannot be taken away it ends by itself soon. */
  #shows(session: TypingSession, typing: boolean): void {
    const { changes } = this.#parts;
    if (session.showing !== typing && changes.any)
      changes.tell({ type: 'typing', conversation: session.conversation.id, by: 'business', typing });
    session.showing = typing;
  }

  async #settle({ call }: TypingSession, patienceMs: number): Promise<void> {
    if (call !== undefined) await endWithin(this.#parts.scheduler, call, patienceMs);
  }

  #keepAlive(session: TypingSession): void {
    const { policy, channel, keepsAlive } = session;
    if (keepsAlive) this.#schedule(session, typingPeriodOf(policy, channel.capabilities));
  }

  /** Ends every session, because the engine stops: nothing shows typing after that. */
  async stop(patienceMs: number): Promise<void> {
    await Promise.all([...this.#sessions.keys()].map(conversation => this.end(conversation, patienceMs)));
  }

  #schedule(session: TypingSession, delayMs: number): void {
    session.cancelTimer();
    session.cancelTimer = this.#parts.scheduler.after(delayMs, () => void this.#show(session));
  }

  async #show(session: TypingSession): Promise<void> {
    const { store, signals, log } = this.#parts;
    const { conversation, channel, policy } = session;
    if (session.left() === 0 || session.call !== undefined) return;
    if (signals.missSome && (await this.#hasBeenTaken(session))) return;
    if (channel.capabilities.typing === 'independent') {
      this.#call(session, true);
      return;
    }
    try {
      const { open, lastRead } = await store.typingState(conversation.id);
      if (this.#sessions.get(conversation.id) !== session) return;
      const read = lastRead !== undefined && lastRead.sentAt >= session.sentAt;
      const { capabilities } = channel;
      const { show } = decideTyping(policy, {
        capabilities,
        holder: conversation.holder,
        receiptOpen: open,
        read,
      });
      // Where it may not show now, the receipt that is settled next gives the signal to look again.
      if (show && lastRead !== undefined) this.#call(session, true, lastRead.messageId);
      else if (signals.missSome) this.#schedule(session, graceMs);
    } catch (error) {
      log.warn(
        { ...aboutTyping(session), ...describeError(error) },
        'Typing is left out: the store cannot be asked',
      );
    }
  }

  /** Whether the session is over, or agents have the conversation, as another process was told: the bot types no more then. */
  async #hasBeenTaken(session: TypingSession): Promise<boolean> {
    const { store } = this.#parts;
    const { id, holder } = session.conversation;
    // Typing is a sign, and not worth an error: where nobody can tell, it goes on.
    const now = await store.conversation(id).catch(() => undefined);
    if (this.#sessions.get(id) !== session || session.call !== undefined) return true;
    if (now === undefined || now.holder === holder) return false;
    void this.end(id, handoffPatienceMs);
    return true;
  }

  #call(session: TypingSession, show: boolean, messageId?: string): void {
    const { conversation, channel } = session;
    const { id } = conversation;
    const abort = new AbortController();
    const made = this.#make(conversation, channel, { show, messageId }, abort.signal);
    // Typing is never tried again: by then it would be stale. The next period shows it anew.
    const ended = made.then(
      () => {
        this.#shows(session, show);
      },
      error =>
        this.#parts.log.debug({ ...aboutTyping(session), ...describeError(error) }, 'Typing not shown'),
    );
    session.call = {
      abort,
      ended: ended.then(() => {
        session.call = undefined;
        if (show && this.#sessions.get(id) === session) this.#keepAlive(session);
      }),
    };
  }

  #make(
    conversation: Conversation,
    channel: Channel,
    { show, messageId }: { show: boolean; messageId: string | undefined },
    abort: AbortSignal,
  ): Promise<void> {
    const lease = this.#parts.dispatcher.leaseOf('turn', conversation.id);
    const to = { business: conversation.business, conversation: conversation.id, lease };
    return this.#gate.run(channel, to, 'typing', abort, async signal => {
      if (messageId === undefined || channel.capabilities.typing === 'independent') {
        await channel.setTyping?.({ ...conversation, show }, signal);
      } else {
        await channel.markRead({ ...conversation, messageId, typing: true, repeatId: randomUUID() }, signal);
      }
    });
  }
}
