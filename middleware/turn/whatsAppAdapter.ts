import { randomUUID } from 'node:crypto';
import { BluetickError } from '../errors.ts';
import type { Engine } from '../receipts/engine.ts';
import type { Turn } from '../receipts/turn.ts';
import { fieldsOf, textOf } from './fields.ts';
import { isCommandOnly } from './handoffSignals.ts';
import { obeyTopicEvent } from './obeyTopicEvents.ts';
import type {
  ActivityLike,
  MiddlewareLike,
  ResourceResponseLike,
  SdkOwn,
  TurnContextLike,
} from './structuralTypes.ts';
import { toActivity, whatsAppChannelId } from './toActivity.ts';
import { toOutbound } from './toOutbound.ts';
import { isTopicEvent } from './topicEvents.ts';
import { type Speaker, setProactive, setTurn, speakerOf } from './turnOf.ts';

/** What the adapter takes from a bot's SDK: classes that botbuilder and the Agents SDK export. */
export interface BotSdk<Context extends TurnContextLike> {
  /** botbuilder's `BotAdapter`; the Agents SDK's `BaseAdapter`. */
  readonly BotAdapter: abstract new () => object;
  readonly TurnContext: new (adapter: SdkOwn, activity: SdkOwn) => Context;
  /** The Agents SDK's `Activity`, whose contexts need an instance of it. botbuilder takes plain objects. */
  readonly Activity?: { fromObject(activity: object): SdkOwn };
}

/** A Bot Framework adapter whose channel is WhatsApp. */
export interface WhatsAppAdapter<Context extends TurnContextLike> {
  /** Called with what a turn threw; without it the turn is run again. */
  onTurnError: ((context: Context, error: Error) => Promise<void>) | undefined;
  use(...middleware: MiddlewareLike[]): this;
  /** Runs the bot for one inbound message, through the middleware. */
  processTurn(turn: Turn, logic: (context: Context) => Promise<void>): Promise<void>;
  /**
   * Runs the bot of its own accord in a conversation that it knows: the proactive message of the Bot Framework. The window
   * holds: outside it only a template goes out.
   *
   * @param appIdOrIdentity the SDKs have it; nothing here depends on it
   * @param reference as `getConversationReference` made it from an activity of this adapter
   * @throws BluetickError `invalid_request` for a reference without a conversation, `unknown_conversation`, and whatever
   *   `logic` throws
   */
  continueConversationAsync(
    appIdOrIdentity: unknown,
    reference: ReferenceLike,
    logic: (context: Context) => Promise<void>,
  ): Promise<void>;
  /** The same, by the name that the Agents SDK has for it. */
  continueConversation: WhatsAppAdapter<Context>['continueConversationAsync'];
}

/** A reference to a conversation, as far as it is read. */
export interface ReferenceLike {
  readonly conversation?: { readonly id?: string };
}

interface AdapterBase<Context> {
  runMiddleware(context: Context, logic: (context: Context) => Promise<void>): Promise<void>;
}

/**
 * Makes an adapter over the engine's turns: what the bot sends goes out by the channel that the message came by,
 * and the provider's message id comes back as the id of the resource.
 *
 * @example
 * // botbuilder; with the Agents SDK: { BotAdapter: BaseAdapter, TurnContext, Activity }
 * const adapter = createWhatsAppAdapter({ BotAdapter, TurnContext }, () => engine).use(new ReceiptMiddleware());
 * const engine = createEngine({ ...parts, onTurn: turn => adapter.processTurn(turn, context => bot.run(context)) });
 *
 * @param engine what proactive messages go out by; it is asked for when one does, as it is made after the adapter
 */
export function createWhatsAppAdapter<Context extends TurnContextLike>(
  sdk: BotSdk<Context>,
  engine?: () => Pick<Engine, 'openProactive'>,
): WhatsAppAdapter<Context> {
  const contextOf = (adapter: object, activity: object) =>
    new sdk.TurnContext(adapter, sdk.Activity?.fromObject(activity) ?? activity);

  // The SDK is the host's, not ours: its class is extended when it is handed over.
  class Adapter extends (sdk.BotAdapter as new () => object) {
    async processTurn(turn: Turn, logic: (context: Context) => Promise<void>): Promise<void> {
      const context = contextOf(this, toActivity(turn));
      setTurn(context, turn);
      await (this as unknown as AdapterBase<Context>).runMiddleware(context, logic);
    }

    async continueConversationAsync(
      _appIdOrIdentity: unknown,
      reference: ReferenceLike,
      logic: (context: Context) => Promise<void>,
    ): Promise<void> {
      if (engine === undefined)
        throw new BluetickError(
          'invalid_configuration',
          'The adapter was made without an engine to speak by',
        );
      const id = textOf(fieldsOf(reference?.conversation).id);
      if (id === '')
        throw new BluetickError(
          'invalid_request',
          'reference.conversation.id: nothing was got, and it is needed',
          {
            field: 'reference.conversation.id',
          },
        );
      const turn = await engine().openProactive(id);
      const context = contextOf(this, continuationOf(reference));
      setProactive(context, turn);
      await (this as unknown as AdapterBase<Context>).runMiddleware(context, logic);
    }

    continueConversation(
      ...args: Parameters<WhatsAppAdapter<Context>['continueConversation']>
    ): Promise<void> {
      return this.continueConversationAsync(...args);
    }

    async sendActivities(
      context: Context,
      activities: readonly ActivityLike[],
    ): Promise<ResourceResponseLike[]> {
      const speaker = speakerOf(context);
      if (speaker === undefined)
        throw new BluetickError('internal', 'The context did not come from this adapter');
      const responses: ResourceResponseLike[] = [];
      for (const activity of activities) {
        // Without the middleware they come as far as this.
        if (isTopicEvent(activity)) await obeyTopicEvent(context, activity);
        responses.push(await sendActivity(speaker, activity));
      }
      return responses;
    }

    async updateActivity(): Promise<never> {
      throw new BluetickError('unsupported', 'WhatsApp cannot change a message that was sent');
    }

    async deleteActivity(): Promise<never> {
      throw new BluetickError('unsupported', 'WhatsApp cannot take back a message that was sent');
    }
  }
  const adapter = new Adapter() as unknown as WhatsAppAdapter<Context>;
  // The Agents SDK has a handler that tells the customer to fix the source code; a turn that failed runs again instead.
  adapter.onTurnError = undefined;
  return adapter;
}

/**
 * The event by which both SDKs go on in a conversation. What the SDK does not know of the reference stays unset: the
 * Agents SDK refuses empty names.
 */
function continuationOf(reference: ReferenceLike): object {
  // What botbuilder calls `bot` is `agent` in the Agents SDK.
  const { conversation, user, agent, bot = agent, channelId, serviceUrl, locale } = fieldsOf(reference);
  return {
    type: 'event',
    name: 'ContinueConversation',
    id: randomUUID(),
    channelId: channelId ?? whatsAppChannelId,
    conversation,
    relatesTo: reference,
    ...(user !== undefined && { from: user }),
    ...(bot !== undefined && { recipient: bot }),
    ...(serviceUrl !== undefined && { serviceUrl }),
    ...(locale !== undefined && { locale }),
  };
}

/**
 * A message goes out in the nearest form that its channel has; a bot's own `typing` is typing under the policy's rules, and its
 * `delay` waits on our clock. Events, traces, commands to Omnichannel and the like are for machines: the customer gets
 * none of them.
 */
async function sendActivity(speaker: Speaker, activity: ActivityLike): Promise<ResourceResponseLike> {
  let id = '';
  if (activity.type === 'typing') speaker.showTyping();
  if (activity.type === 'delay') await speaker.rest(Number(activity.value));
  if (activity.type !== 'message' || isCommandOnly(activity)) return { id };
  for (const content of toOutbound(activity, speaker.channel?.capabilities.sends)) {
    const { providerId, ref } = await speaker.send(content);
    id = providerId ?? ref;
  }
  return { id };
}
