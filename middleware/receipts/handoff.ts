import { randomUUID } from 'node:crypto';
import type { ByAgent, Cause } from '../audit.ts';
import type { Address, Conversation, Holder, Moment } from '../domain.ts';
import { BluetickError, describeError } from '../errors.ts';
import { decideTyping } from '../policy/decideTyping.ts';
import type { CallGate } from './callGate.ts';
import type { EngineParts } from './engineParts.ts';
import type { ReceiptReleaser } from './receiptReleaser.ts';
import type { TypingIndicator } from './typingIndicator.ts';

/** What agents do, as it is reported to us: each implies that the conversation was handed over. */
export const agentEvents = ['accepted', 'opened', 'typing', 'replied', 'closed'] as const;

/** See {@link agentEvents}. */
export type AgentEvent = (typeof agentEvents)[number];

/** What a hub for agents says of a hand-off, in an event `handoff.status` (Bot Framework, "handoff protocol"). */
export const handoffStates = ['accepted', 'failed', 'completed'] as const;

/** See {@link handoffStates}. */
export type HandoffState = (typeof handoffStates)[number];

/** The moment that an event is; `typing` and `closed` are none. */
const momentOf: Readonly<Partial<Record<AgentEvent, Moment>>> = {
  accepted: 'agentAccepted',
  opened: 'agentOpened',
  replied: 'agentReplied',
};

/** How long a call may take that is still under way when the bot lets go. */
const patienceMs = 1500;

/**
 * Hand-off: who holds a conversation, and what that releases. The bot's typing stops when it lets go; receipts that
 * are open then are decided anew by `policy.handoff`; what agents do releases them.
 */
export class Handoff {
  readonly #parts: EngineParts;
  readonly #releaser: ReceiptReleaser;
  readonly #typing: TypingIndicator;
  readonly #gate: CallGate;
  readonly #home: Holder;

  /** @param home who has a conversation that no agent holds any more */
  constructor(
    parts: EngineParts,
    { releaser, typing, gate }: { releaser: ReceiptReleaser; typing: TypingIndicator; gate: CallGate },
    home: Exclude<Holder, 'agent'>,
  ) {
    this.#parts = parts;
    this.#releaser = releaser;
    this.#typing = typing;
    this.#gate = gate;
    this.#home = home;
  }

  /** The bot lets go: the conversation waits in the agents' queue. Nothing happens to one that agents hold already. */
  async begin(id: string): Promise<Conversation> {
    const conversation = await this.#find(id);
    if (conversation.holder !== 'bot') return conversation;
    await this.#typing.end(id, patienceMs);
    return this.#hold(conversation, 'queue', { by: 'handoff' });
  }

  /**
   * An agent did something. An event that comes twice, or late, does no harm: receipts that went out stay.
   *
   * @param by who it was, and who tells it, for the audit
   * @throws BluetickError `unknown_conversation`
   */
  async report(id: string, event: AgentEvent, by: ByAgent = {}): Promise<Conversation> {
    let conversation = await this.#find(id);
    const { store, changes } = this.#parts;
    if (event === 'opened' || event === 'replied') await store.markSeen(id);
    if (changes.any) changes.tell({ type: 'agent', conversation: id, event, ...by });
    const cause = { by: 'agent', event, ...by } as const;
    if (event === 'closed') return this.#close(conversation, cause);
    if (conversation.holder === 'bot') await this.#typing.end(id, patienceMs);
    if (conversation.holder !== 'agent') {
      conversation = await this.#hold(conversation, 'agent', cause);
      // The bot is silent from now on: what it has said already and was to go out later does not.
      this.#parts.signals.emit(id, 'agent', undefined);
      changes.superseded(id, await store.dropReplies(id));
    }
    const moment = momentOf[event];
    if (moment !== undefined) {
      await this.#releaser.release(conversation, moment, await store.openReceipts(id), cause);
    }
    if (event === 'typing') await this.showTyping(conversation);
    return conversation;
  }

  /**
   * A hub for agents said what became of a hand-off. `initiated`: the conversation waits for an agent. `failed`: none took
   * it, so it goes back as if it were closed, and what waited for an agent is decided anew. It never rejects: a bot need not
   * know of the event, and must not fail by it.
   */
  async hear(of: string | Address, state: HandoffState | 'initiated'): Promise<void> {
    const { store, log } = this.#parts;
    try {
      const conversation = await store.conversation(of);
      if (conversation === undefined)
        log.warn({ state }, 'A hand-off’s state came for no known conversation');
      else if (state === 'initiated') await this.begin(conversation.id);
      else if (state !== 'failed')
        await this.report(conversation.id, state === 'accepted' ? 'accepted' : 'closed', { via: 'hub' });
      else if (conversation.holder !== this.#home)
        await this.#hold(conversation, this.#home, { by: 'handoff' });
    } catch (error) {
      log.error({ state, ...describeError(error) }, 'A hand-off’s state could not be kept');
    }
  }

  async #hold(conversation: Conversation, holder: Holder, cause: Cause): Promise<Conversation> {
    const changed = await this.#parts.changes.changeConversation(conversation.id, { holder });
    if (changed === undefined) throw unknownConversation();
    this.#showAgent(conversation, changed);
    await this.#releaser.decideAnew(changed, cause);
    return changed;
  }

  /** No agent holds the conversation any more. What nobody read by then stays unread for the customer. */
  async #close(conversation: Conversation, cause: Cause): Promise<Conversation> {
    const { store, clock, changes } = this.#parts;
    const open = await store.openReceipts(conversation.id);
    const at = clock.now();
    await this.#releaser.change(
      conversation,
      open
        .filter(({ outcome }) => outcome === 'held')
        .map(({ ref }) => ({ ref, outcome: 'skipped', because: 'closed unread', at, cause })),
    );
    const changed = await changes.changeConversation(conversation.id, { holder: this.#home });
    if (changed !== undefined) this.#showAgent(conversation, changed);
    return changed ?? conversation;
  }

  /** Shows the customer that an agent came or went, where the channel can. Nobody waits for it, and it is not repeated. */
  #showAgent(before: Conversation, { id, business, channel: name, holder }: Conversation): void {
    const { channels, stopping, log } = this.#parts;
    const joined = holder === 'agent';
    const channel = channels.get(name);
    if (channel?.showRepresentative === undefined || joined === (before.holder === 'agent')) return;
    const call = { ...before, joined, repeatId: randomUUID() };
    this.#gate
      .run(channel, { business, conversation: id }, 'receipt', stopping, async signal =>
        channel.showRepresentative?.(call, signal),
      )
      .catch(error =>
        log.warn(
          { conversation: id, joined, ...describeError(error) },
          'The customer was not shown the agent',
        ),
      );
  }

  /** Shows typing once, as far as policy and channel allow it. It ends by itself. */
  async showTyping(conversation: Conversation): Promise<void> {
    const { channels, policyOf, store } = this.#parts;
    const channel = channels.get(conversation.channel);
    if (channel === undefined) return;
    const { open, lastRead } = await store.typingState(conversation.id);
    const situation = { capabilities: channel.capabilities, holder: conversation.holder };
    const { show } = decideTyping(policyOf(conversation), {
      ...situation,
      receiptOpen: open,
      read: lastRead !== undefined,
    });
    if (show) this.#typing.showOnce(conversation, channel, lastRead?.messageId);
  }

  async #find(id: string): Promise<Conversation> {
    const conversation = await this.#parts.store.conversation(id);
    if (conversation === undefined) throw unknownConversation();
    return conversation;
  }
}

function unknownConversation(): BluetickError {
  return new BluetickError('unknown_conversation', 'There is no such conversation');
}
