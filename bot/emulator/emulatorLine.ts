import type { Activity, ConversationReference, TurnContext } from 'botbuilder';
import type { ActivityLike, ResourceResponseLike } from '../../middleware/turn/structuralTypes.ts';

/** The conversations that are kept in mind; each restart in the Emulator is another. */
const limit = 1000;

/** The adapter, as far as the bot speaks by it of its own accord. */
export interface SpeakingAdapter {
  continueConversationAsync(
    appId: string,
    reference: Partial<ConversationReference>,
    logic: (context: TurnContext) => Promise<void>,
  ): Promise<void>;
}

/** The way back into the conversations of the Emulator that have been seen since the start. */
export class EmulatorLine {
  readonly #references = new Map<string, Partial<ConversationReference>>();
  readonly #appId: string;
  readonly #adapter: SpeakingAdapter;

  /** @param appId the bot's; empty where nobody proves who they are */
  constructor(appId: string, adapter: SpeakingAdapter) {
    this.#appId = appId;
    this.#adapter = adapter;
  }

  /** Remembers how to speak in the activity's conversation. */
  remember({ id, conversation, from, recipient, channelId, ...activity }: ActivityLike): void {
    const key = conversation?.id;
    if (key === undefined) return;
    const { serviceUrl } = activity as Partial<Activity>;
    this.#references.delete(key);
    this.#references.set(key, {
      activityId: id,
      conversation: conversation as ConversationReference['conversation'],
      user: from as ConversationReference['user'],
      bot: recipient as ConversationReference['bot'],
      channelId: channelId ?? 'emulator',
      serviceUrl: serviceUrl ?? '',
    });
    const [oldest] = this.#references.keys();
    if (this.#references.size > limit && oldest !== undefined) this.#references.delete(oldest);
  }

  /** Says something in a conversation; rejects where it is not known, or the Emulator does not take it. */
  async speak(
    conversation: string,
    activities: readonly Partial<Activity>[],
  ): Promise<readonly ResourceResponseLike[]> {
    const reference = this.#references.get(conversation);
    if (reference === undefined) throw new RangeError('The conversation has not been seen since the start');
    let responses: readonly ResourceResponseLike[] = [];
    let failure: unknown;
    await this.#adapter.continueConversationAsync(this.#appId, reference, async context => {
      // The adapter's error handler is for what the bot did wrong: it would say so in the conversation.
      try {
        responses = await context.sendActivities([...activities]);
      } catch (error) {
        failure = error;
      }
    });
    if (failure !== undefined) throw failure;
    return responses;
  }
}
