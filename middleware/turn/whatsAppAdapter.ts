import { BluetickError } from '../errors.ts';
import type { Turn } from '../receipts/turn.ts';
import type {
  ActivityLike,
  MiddlewareLike,
  ResourceResponseLike,
  SdkOwn,
  TurnContextLike,
} from './structuralTypes.ts';
import { toActivity } from './toActivity.ts';
import { toOutbound } from './toOutbound.ts';
import { setTurn, turnOf } from './turnOf.ts';

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
 * const adapter = createWhatsAppAdapter({ BotAdapter, TurnContext }).use(new ReceiptMiddleware());
 * const engine = createEngine({ ...parts, onTurn: turn => adapter.processTurn(turn, context => bot.run(context)) });
 */
export function createWhatsAppAdapter<Context extends TurnContextLike>(
  sdk: BotSdk<Context>,
): WhatsAppAdapter<Context> {
  // The SDK is the host's, not ours: its class is extended when it is handed over.
  class Adapter extends (sdk.BotAdapter as new () => object) {
    async processTurn(turn: Turn, logic: (context: Context) => Promise<void>): Promise<void> {
      const activity = toActivity(turn);
      const context = new sdk.TurnContext(this, sdk.Activity?.fromObject(activity) ?? activity);
      setTurn(context, turn);
      await (this as unknown as AdapterBase<Context>).runMiddleware(context, logic);
    }

    async sendActivities(
      context: Context,
      activities: readonly ActivityLike[],
    ): Promise<ResourceResponseLike[]> {
      const turn = turnOf(context);
      if (turn === undefined)
        throw new BluetickError('internal', 'The context did not come from this adapter');
      const responses: ResourceResponseLike[] = [];
      for (const activity of activities) responses.push(await sendActivity(turn, activity));
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
 * A message goes out in its nearest WhatsApp form; a bot's own `typing` is typing under the policy's rules, and its
 * `delay` waits on our clock. Events, traces and the like are for machines: the customer gets none of them.
 */
async function sendActivity(turn: Turn, activity: ActivityLike): Promise<ResourceResponseLike> {
  let id = '';
  if (activity.type === 'typing') turn.showTyping();
  if (activity.type === 'delay') await turn.rest(Number(activity.value));
  if (activity.type !== 'message') return { id };
  for (const content of toOutbound(activity)) {
    const { providerId, ref } = await turn.send(content);
    id = providerId ?? ref;
  }
  return { id };
}
