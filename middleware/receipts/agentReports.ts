import type { ByAgent, Cause } from '../audit.ts';
import type { Conversation, Moment } from '../domain.ts';
import { describeError } from '../errors.ts';
import type { TurnAct } from '../ports.ts';
import type { AgentSigns } from './agentSigns.ts';
import type { EngineParts } from './engineParts.ts';
import { type HolderTarget, type Holding, tell } from './holding.ts';
import type { ReceiptReleaser } from './receiptReleaser.ts';
import { handoffPatienceMs, type TypingIndicator } from './typingIndicator.ts';

/** What agents do, as it is reported to us: each implies that the conversation was handed over. */
export const agentEvents = ['accepted', 'opened', 'typing', 'replied', 'transferred', 'closed'] as const;

/** See {@link agentEvents}. */
export type AgentEvent = (typeof agentEvents)[number];

/**
 * Who did it, and for `transferred` whom to: another agent, by the name that is shown; absent: whoever comes first. And the turn
 * that tells it, if one does.
 */
export type AgentReport = ByAgent & { readonly to?: string; readonly turn?: TurnAct };

/** The moment that an event is; the others are none. */
const momentOf: Readonly<Partial<Record<AgentEvent, Moment>>> = {
  accepted: 'agentAccepted',
  opened: 'agentOpened',
  replied: 'agentReplied',
};

/** What agents do with the conversations that they hold, and what that releases. */
export class AgentReports {
  readonly #parts: EngineParts;
  readonly #releaser: ReceiptReleaser;
  readonly #typing: TypingIndicator;
  readonly #signs: AgentSigns;
  readonly #holding: Holding;

  constructor(
    parts: EngineParts,
    tools: { releaser: ReceiptReleaser; typing: TypingIndicator; signs: AgentSigns; holding: Holding },
  ) {
    this.#parts = parts;
    this.#releaser = tools.releaser;
    this.#typing = tools.typing;
    this.#signs = tools.signs;
    this.#holding = tools.holding;
  }

  /**
   * An agent did something. An event that comes twice, or late, does no harm: receipts that went out stay.
   *
   * @param by who it was, and who tells it, for the audit
   * @throws BluetickError `unknown_conversation`
   */
  report(id: string, event: AgentEvent, by?: AgentReport): Promise<Conversation> {
    return this.#parts.handing.run(id, async () => this.#report(await this.#holding.find(id), event, by));
  }

  /**
   * An agent wrote to the customer, which is `replied`. Where the conversation has changed hands while the provider took its
   * time, it stays where it went. It never rejects: the message is on its way, whatever becomes of this.
   *
   * @param before the conversation as it was when the message was handed over
   * @param message our id of what they wrote
   */
  async wrote(before: Conversation, { agent, via }: ByAgent, message: string): Promise<void> {
    const { handing, log } = this.#parts;
    const by = { ...(agent !== undefined && { agent }), ...(via !== undefined && { via }) };
    try {
      await handing.run(before.id, async () => {
        const now = await this.#holding.find(before.id);
        const isWhereItWas = now.holder === before.holder;
        const isTheirs = now.agent === undefined || now.agent === before.agent || now.agent === agent;
        if (now.holder === 'agent' ? isTheirs : isWhereItWas) await this.#report(now, 'replied', by);
      });
    } catch (error) {
      const fields = { conversation: before.id, message, ...describeError(error) };
      log.error(fields, 'What an agent’s message implies could not be kept');
    }
  }

  async #report(
    conversation: Conversation,
    event: AgentEvent,
    { to, turn, ...by }: AgentReport = {},
  ): Promise<Conversation> {
    const { store, changes } = this.#parts;
    const { id } = conversation;
    if (event === 'opened' || event === 'replied') await store.markSeen(id);
    if (changes.any)
      changes.tell({ type: 'agent', conversation: id, event, ...by, ...(to !== undefined && { to }) });
    const cause = { by: 'agent', event, ...by } as const;
    if (event === 'closed') return this.#close(conversation, cause, turn);
    if (conversation.holder === 'bot') await this.#typing.end(id, handoffPatienceMs);
    if (event === 'transferred') return this.#transfer(conversation, to, cause);
    const taken = await this.#take(conversation, event, cause);
    const moment = momentOf[event];
    if (moment !== undefined) {
      await this.#releaser.release(taken, moment, await store.openReceipts(id), cause);
    }
    if (event === 'typing') await this.#signs.showTyping(taken);
    return taken;
  }

  /**
   * An agent has the conversation. Whoever accepts it or replies takes it over from another; whoever only opens it, or
   * types, looks over the shoulder of the one who has it.
   */
  async #take(conversation: Conversation, event: AgentEvent, cause: Cause): Promise<Conversation> {
    const { id, holder, agent: before } = conversation;
    const takesOver = event === 'accepted' || event === 'replied';
    const agent = takesOver || before === undefined ? (cause.agent ?? before) : before;
    const isNew = holder !== 'agent';
    if (!isNew && agent === before) return conversation;
    const to: HolderTarget = { holder: 'agent', ...(agent !== undefined && { agent }), assignedTo: null };
    if (!isNew) return this.#holding.change(conversation, to);
    const now = this.#parts.clock.now();
    const begun = conversation.handoff ?? { at: now, by: 'agent' as const };
    const handoff = { acceptedAt: now, ...begun };
    const held = await this.#holding.decide(
      conversation,
      { ...to, handoff, ...tell('accepted', cause.via) },
      cause,
    );
    await this.#holding.silenceBot(id);
    return held;
  }

  /** It waits for another agent. What an agent's reading has released stays so: read means that one of them has read it. */
  async #transfer(conversation: Conversation, to: string | undefined, cause: Cause): Promise<Conversation> {
    const { id, holder, assignedTo, handoff } = conversation;
    if (holder === 'queue' && assignedTo === to) return conversation;
    const waits: HolderTarget = {
      holder: 'queue',
      agent: null,
      assignedTo: to ?? null,
      handoff: handoff ?? { at: this.#parts.clock.now(), by: 'agent' },
    };
    if (holder !== 'bot') return this.#holding.decide(conversation, waits, cause, 'held');
    const held = await this.#holding.decide(conversation, waits, cause);
    await this.#holding.silenceBot(id);
    return held;
  }

  /** No agent holds the conversation any more. What nobody read by then stays unread for the customer. */
  async #close(conversation: Conversation, cause: Cause, turn?: TurnAct): Promise<Conversation> {
    const { store, clock } = this.#parts;
    const open = await store.openReceipts(conversation.id);
    const at = clock.now();
    await this.#releaser.change(
      conversation,
      open
        .filter(({ outcome }) => outcome === 'held')
        .map(({ ref }) => ({ ref, outcome: 'skipped', because: 'closed unread', at, cause })),
    );
    const home = this.#holding.atHome(conversation, 'completed', cause.via);
    const closed = await this.#holding.change(conversation, {
      ...home,
      ...(turn !== undefined && { turn }),
    });
    // What came in between waits for no agent: held for good, it would keep back all that comes after it.
    await this.#releaser.decideAnew(closed, cause, 'held');
    return closed;
  }
}
