import type { ConversationState, StatePropertyAccessor, TurnContext } from 'botbuilder';

/** So many messages in a row without a sense for the bot, and a person takes over. */
const patience = 3;

/** Counts the messages in a row that the bot did not understand, in the conversation's state. */
export class Misunderstandings {
  readonly #count: StatePropertyAccessor<number | undefined>;

  constructor(state: ConversationState) {
    this.#count = state.createProperty('misunderstandings');
  }

  /** Counts one more; answers whether the bot is lost. */
  async add(context: TurnContext): Promise<boolean> {
    const count = ((await this.#count.get(context)) ?? 0) + 1;
    await this.#count.set(context, count);
    return count >= patience;
  }

  /** The bot has understood, or somebody else goes on. */
  async clear(context: TurnContext): Promise<void> {
    await this.#count.delete(context);
  }
}
