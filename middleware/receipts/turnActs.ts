import type { Conversation, HandoffNotes } from '../domain.ts';
import type { DueTurn, TurnAct } from '../ports.ts';
import type { TurnPace } from './turnPace.ts';
import type { TurnTools } from './turnTools.ts';

/**
 * What a turn does about who holds its conversation: each act once. Where the turn runs again, what an earlier run has done is
 * left as it has become since: agents may have closed by now what was handed to them.
 */
export class TurnActs {
  readonly #tools: Pick<TurnTools, 'handoff' | 'agents' | 'parts'>;
  readonly #id: string;
  readonly #ref: string;
  /** The acts of earlier runs. */
  readonly #done: number;
  readonly #pace: TurnPace;
  #begun = 0;

  constructor(
    tools: Pick<TurnTools, 'handoff' | 'agents' | 'parts'>,
    { conversation, message, acts }: Pick<DueTurn, 'conversation' | 'message' | 'acts'>,
    pace: TurnPace,
  ) {
    this.#tools = tools;
    this.#id = conversation.id;
    this.#ref = message.ref;
    this.#done = acts;
    this.#pace = pace;
  }

  /** See {@link Handoff.begin}. */
  handOff(given: HandoffNotes | undefined): Promise<Conversation> {
    return this.#once(turn => this.#tools.handoff.begin(this.#id, 'bot', given, { turn }));
  }

  /** See {@link Handoff.takeBack}. */
  takeBack(): Promise<Conversation> {
    return this.#once(turn => this.#tools.handoff.takeBack(this.#id, 'bot', { turn }));
  }

  /** The bot ends the conversation: what nobody read by then stays unread. */
  close(): Promise<Conversation> {
    return this.#once(turn => this.#tools.agents.report(this.#id, 'closed', { via: 'bot', turn }));
  }

  async #once(act: (turn: TurnAct) => Promise<Conversation>): Promise<Conversation> {
    const ordinal = this.#begun;
    this.#begun += 1;
    await this.#pace.refuseWhenLost();
    const { store, log } = this.#tools.parts;
    const now = ordinal < this.#done ? await store.conversation(this.#id) : undefined;
    if (now === undefined) return act({ ref: this.#ref, ordinal });
    log.info(
      { conversation: this.#id, message: this.#ref },
      'An earlier run of the turn has done that already',
    );
    return now;
  }
}
