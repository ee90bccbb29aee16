import type { ByAgent } from '../audit.ts';
import type { Address, Conversation, HandoffNotes, HandoffOrigin, HandoffState } from '../domain.ts';
import { describeError } from '../errors.ts';
import type { TurnAct } from '../ports.ts';
import type { AgentReports } from './agentReports.ts';
import type { EngineParts } from './engineParts.ts';
import { boundNotes } from './handoffNotes.ts';
import type { HandedBy, Holding } from './holding.ts';
import { handoffPatienceMs, type TypingIndicator } from './typingIndicator.ts';

/** Who asked for it over the API, for the audit; and the turn that does it, if one does. */
type Asked = ByAgent & { readonly turn?: TurnAct };

/**
 * Hand-off: how a conversation goes to agents, and how it comes back without their closing it. The bot's typing stops when
 * it lets go; receipts that are open then are decided anew, by `policy.handoff` or by the bot's own rules.
 */
export class Handoff {
  readonly #parts: EngineParts;
  readonly #typing: TypingIndicator;
  readonly #holding: Holding;
  readonly #agents: AgentReports;

  constructor(
    parts: EngineParts,
    tools: { typing: TypingIndicator; holding: Holding; agents: AgentReports },
  ) {
    this.#parts = parts;
    this.#typing = tools.typing;
    this.#holding = tools.holding;
    this.#agents = tools.agents;
  }

  /**
   * The bot lets go: the conversation waits in the agents' queue. Nothing happens to one that agents hold already.
   *
   * @param by who lets go of it
   * @param given what the agent who accepts is given; what is too long for `handoffLimits` is cut
   * @param asked see {@link Asked}. Default nobody, and no turn
   * @throws BluetickError `unknown_conversation`
   */
  begin(id: string, by: HandoffOrigin, given: HandoffNotes = {}, asked: Asked = {}): Promise<Conversation> {
    return this.#parts.handing.run(id, () => this.#begin(id, by, given, asked));
  }

  async #begin(
    id: string,
    by: HandoffOrigin,
    given: HandoffNotes,
    { turn, ...who }: Asked,
  ): Promise<Conversation> {
    const conversation = await this.#holding.find(id);
    if (conversation.holder !== 'bot') return conversation;
    const { clock, log, policyOf } = this.#parts;
    const { reason, notes, leftOut } = boundNotes(given);
    if (leftOut > 0) log.warn({ conversation: id, leftOut }, 'Part of a hand-off’s context had no room');
    await this.#typing.end(id, handoffPatienceMs);
    const at = clock.now();
    const { takeBackAfterMs } = policyOf(conversation).handoff;
    const to = {
      holder: 'queue',
      handoff: { at, by, ...(reason !== undefined && { reason }) },
      notes,
      ...(takeBackAfterMs !== null && { lookAt: at + takeBackAfterMs }),
      ...(turn !== undefined && { turn }),
    } as const;
    return this.#holding.decide(conversation, to, { by: 'handoff', ...who });
  }

  /**
   * The conversation goes back without an agent's closing it: its bot has it again, and what waited for an agent is decided
   * anew by the bot's policy. Nothing happens to one that no agents hold.
   *
   * @param asked as {@link begin} has it
   * @throws BluetickError `unknown_conversation`
   */
  takeBack(id: string, by: HandedBy, asked?: Asked): Promise<Conversation> {
    return this.#parts.handing.run(id, async () => this.#takeBack(await this.#holding.find(id), by, asked));
  }

  async #takeBack(
    conversation: Conversation,
    by: HandedBy,
    { turn, ...who }: Asked = {},
  ): Promise<Conversation> {
    if (conversation.holder === this.#holding.home) return conversation;
    const state = conversation.handoff?.acceptedAt === undefined ? 'failed' : 'completed';
    const to = { ...this.#holding.atHome(conversation, state, by), ...(turn !== undefined && { turn }) };
    return this.#holding.decide(conversation, to, { by: 'handoff', ...who });
  }

  /** The hand-off has waited as long as `handoff.takeBackAfterMs` lets it: where no agent has accepted it, it is taken back. */
  async expire(id: string): Promise<void> {
    await this.#parts.handing.run(id, async () => {
      const conversation = await this.#holding.find(id);
      const { holder, handoff } = conversation;
      if (holder === 'queue' && handoff?.acceptedAt === undefined) await this.#takeBack(conversation, 'time');
    });
  }

  /**
   * A hub for agents said what became of a hand-off. `initiated`: the conversation waits for an agent. `failed`: none took
   * it, so it is taken back. It never rejects: a bot need not know of the event, and must not fail by it.
   */
  async hear(
    of: string | Address,
    state: HandoffState | 'initiated',
    given: HandoffNotes = {},
  ): Promise<void> {
    const { store, log } = this.#parts;
    let conversation: Conversation | undefined;
    try {
      conversation = await store.conversation(of);
      if (conversation === undefined)
        log.warn({ state }, 'A hand-off’s state came for no known conversation');
      else if (state === 'initiated') await this.begin(conversation.id, 'hub', given);
      else if (state === 'failed') await this.takeBack(conversation.id, 'hub');
      else {
        const event = state === 'accepted' ? 'accepted' : 'closed';
        await this.#agents.report(conversation.id, event, { via: 'hub' });
      }
    } catch (error) {
      const fields = { conversation: conversation?.id, state, ...describeError(error) };
      log.error(fields, 'A hand-off’s state could not be kept');
    }
  }
}
