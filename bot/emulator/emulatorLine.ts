import { once } from 'node:events';
import type { Activity, ConversationReference, TurnContext } from 'botbuilder';
import type { ActivityLike, ResourceResponseLike } from '../../middleware/turn/structuralTypes.ts';

/** The conversations that are kept in mind; each restart in the Emulator is another. */
const limit = 1000;

/** How long the Emulator may take to answer: botbuilder's calls have no limit of their own. */
const defaultTimeLimitMs = 5000;

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
  readonly #timeLimitMs: number;
  readonly #underWay = new Set<AbortController>();
  #closed = false;

  /**
   * @param appId the bot's; empty where nobody proves who they are
   * @param timeLimitMs how long the Emulator may take to answer, in milliseconds; default 5000
   */
  constructor(appId: string, adapter: SpeakingAdapter, timeLimitMs = defaultTimeLimitMs) {
    this.#appId = appId;
    this.#adapter = adapter;
    this.#timeLimitMs = timeLimitMs;
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

  /**
   * Says something in a conversation; rejects where it is not known, where the Emulator does not take it, or not in
   * time, and where `signal` or {@link close} end it.
   */
  async speak(
    conversation: string,
    activities: readonly Partial<Activity>[],
    signal?: AbortSignal,
  ): Promise<readonly ResourceResponseLike[]> {
    const reference = this.#references.get(conversation);
    if (reference === undefined) throw new RangeError('The conversation has not been seen since the start');
    const stop = new AbortController();
    const giveUp = () => stop.abort();
    if (this.#closed || signal?.aborted) giveUp();
    stop.signal.throwIfAborted();
    const timer = setTimeout(giveUp, this.#timeLimitMs);
    signal?.addEventListener('abort', giveUp, { once: true });
    this.#underWay.add(stop);
    const stopped = once(stop.signal, 'abort').then(() => stop.signal.throwIfAborted());
    try {
      const said = this.#say(reference, activities, stop.signal);
      await Promise.race([said, stopped]);
      return await said;
    } finally {
      this.#underWay.delete(stop);
      signal?.removeEventListener('abort', giveUp);
      clearTimeout(timer);
    }
  }

  /** Ends what is under way; from then on nothing can be said. */
  close(): void {
    this.#closed = true;
    for (const stop of this.#underWay) stop.abort();
  }

  async #say(
    reference: Partial<ConversationReference>,
    activities: readonly Partial<Activity>[],
    signal: AbortSignal,
  ): Promise<readonly ResourceResponseLike[]> {
    let responses: readonly ResourceResponseLike[] = [];
    let failure: unknown;
    await this.#adapter.continueConversationAsync(this.#appId, reference, async context => {
      endCalls(context, signal);
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

/** botbuilder's client of the connector, as far as its calls can be ended. It is made for each turn. */
interface ConnectorCalls {
  sendOperationRequest(call: { readonly options?: object }, ...rest: unknown[]): Promise<unknown>;
}

/** Has a turn's calls end with the signal: whoever only stops waiting leaves the connection open. */
function endCalls({ adapter, turnState }: TurnContext, abortSignal: AbortSignal): void {
  const calls = turnState.get<ConnectorCalls | undefined>(adapter.ConnectorClientKey);
  if (calls === undefined) return;
  const send = calls.sendOperationRequest.bind(calls);
  calls.sendOperationRequest = (call, ...rest) =>
    send({ ...call, options: { ...call.options, abortSignal } }, ...rest);
}
