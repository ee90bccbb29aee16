import { BluetickError, describeError } from './errors.ts';
import type { Engine } from './receipts/engine.ts';
import type { Turn } from './receipts/turn.ts';
import { isAwaited, isFromCustomer } from './turn/activityGuards.ts';
import { textOf } from './turn/fields.ts';
import {
  handoffStateOf,
  isCommandOnly,
  isConversationEnd,
  isHandoffInitiation,
} from './turn/handoffSignals.ts';
import { obeyTopicEvents } from './turn/obeyTopicEvents.ts';
import { readHandoff } from './turn/readHandoff.ts';
import { defaultReaders, type MessageReader, type MessageReference } from './turn/readMessage.ts';
import { sendParked } from './turn/sendParked.ts';
import type { ActivityLike, MiddlewareLike, TurnContextLike } from './turn/structuralTypes.ts';
import { runningTurnOf, type Speaker, setTurn, speakerOf } from './turn/turnOf.ts';

/** Options of {@link ReceiptMiddleware}. Behind our own adapter none is needed. */
export interface ReceiptMiddlewareOptions {
  /** What receipts go out by where the adapter is another's. It has the channels, and has been started. */
  readonly engine?: Pick<Engine, 'adopt' | 'reportHandoff' | 'log'>;
  /** What finds the provider's message in an activity; the first that can tells. Default {@link defaultReaders}. */
  readonly readers?: readonly MessageReader[];
  /**
   * How long a turn of another's adapter may be held back in all, in milliseconds. Default 8000: Azure Bot Service gives
   * a bot 10 to 15 s. Thinking is cut at it; replies that are due later go out by the channel, after the turn.
   */
  readonly turnBudgetMs?: number;
  /**
   * Whether the bot is left out while agents hold the conversation. Default `false`: a bot behind another's adapter
   * is always called.
   */
  readonly silentWhileHeld?: boolean;
}

/** Under these keys a turn's state says which of our middlewares have seen the turn, and that one of them controls it. */
const seenKey = Symbol.for('bluetick.seen');
const controlledKey = Symbol.for('bluetick.controlled');

/** The channel id of Dynamics 365: there a reply must not pass its agents by. */
const omnichannelId = 'omnichannel';

/**
 * Puts read receipts, typing and reply timing under the policy's control in a bot's pipeline: typing shows while
 * the dialog works, the dialog runs after the thinking delay, and its first reply goes out after the receipt that
 * is due in this turn and after the pacing delay. When the dialog hands the conversation to a human, the receipts
 * follow `policy.handoff` from then on.
 *
 * It acts on what customers write only, and whatever becomes of a receipt never reaches the dialog. A bot without a
 * handle on its receipts, such as a Copilot Studio agent, decides by events that it sends: see `turn/topicEvents.ts`.
 *
 * @remarks Register it first, so that what other middleware sends is timed too:
 *
 * @example
 * adapter.use(new ReceiptMiddleware());           // behind createWhatsAppAdapter
 * adapter.use(new ReceiptMiddleware({ engine })); // behind any other adapter
 */
export class ReceiptMiddleware implements MiddlewareLike {
  readonly #options: ReceiptMiddlewareOptions;

  constructor(options: ReceiptMiddlewareOptions = {}) {
    this.#options = options;
  }

  async onTurn(context: TurnContextLike, next: () => Promise<void>): Promise<void> {
    const { turnState, activity } = context;
    const seen: Set<object> = turnState.get(seenKey) ?? new Set();
    // Run again, the dialog would answer twice.
    if (seen.has(this)) throw new BluetickError('conflict', 'next() was called a second time in one turn');
    turnState.set(seenKey, seen.add(this));
    // Whatever else becomes of the turn, and outside all of it: no channel is ever told our events.
    context.onSendActivities((_context, activities: ActivityLike[], send) =>
      obeyTopicEvents(context, activities, send, this.#options.engine?.log),
    );

    // What our own adapter tells of a hand-off, we know.
    if (speakerOf(context) === undefined) await this.#reportHandoff(activity);
    const own = runningTurnOf(context);
    // Registered twice, the second is one too many.
    if (turnState.get(controlledKey)) return next();
    if (own !== undefined && activity.type === 'message') return control(context, own, next);
    const speaker = speakerOf(context);
    if (speaker !== undefined) return watch(context, speaker, next);
    const turn = await this.#adopt(context);
    if (turn === undefined) return next();
    try {
      if (turn.conversation.holder !== 'bot' && this.#options.silentWhileHeld) return;
      setTurn(context, turn);
      await control(context, turn, next);
    } finally {
      await turn.end();
    }
  }

  async #adopt(context: TurnContextLike): Promise<Turn | undefined> {
    const { engine, turnBudgetMs = 8000 } = this.#options;
    const { activity } = context;
    if (engine === undefined || !isFromCustomer(activity)) return undefined;
    const message = this.#read(activity);
    const { channelId, id, text, timestamp } = activity;
    const key = message?.messageId ?? id;
    if (message === undefined || key === undefined) return undefined;
    return engine.adopt(
      { ...message, key, text: textOf(text), sentAt: new Date(timestamp ?? Number.NaN).getTime() },
      { budgetMs: turnBudgetMs, parks: channelId !== omnichannelId, awaited: isAwaited(context) },
    );
  }

  #read(activity: ActivityLike): MessageReference | undefined {
    for (const read of this.#options.readers ?? defaultReaders) {
      try {
        const found = read(activity);
        if (found !== undefined) return found;
      } catch (error) {
        this.#options.engine?.log.error(describeError(error), 'A reader failed: it is passed over');
      }
    }
    return undefined;
  }

  /** The hub for agents says what became of a hand-off: by the conversation's id, else by whom it is about. */
  async #reportHandoff(activity: ActivityLike): Promise<void> {
    const state = handoffStateOf(activity);
    const { engine } = this.#options;
    if (state === undefined || engine === undefined) return;
    const reference = this.#read(activity);
    const id = activity.conversation?.id;
    await engine.reportHandoff(reference ?? id ?? '', state);
  }
}

/** Runs the rest of the pipeline under the turn's control. */
async function control(context: TurnContextLike, turn: Turn, next: () => Promise<void>): Promise<void> {
  context.turnState.set(controlledKey, true);
  context.onSendActivities(async (_context, activities: ActivityLike[], send) => {
    // What is said with a hand-off is a notice of it: it is not paced.
    if (activities.some(isHandoffInitiation)) turn.hurry();
    if (activities.some(({ type }) => type === 'endOfConversation')) turn.holdNothing();
    const reply = activities.find(activity => activity.type === 'message' && !isCommandOnly(activity));
    if (reply !== undefined) await turn.beforeReply(reply.text?.length ?? 0);
    const responses = turn.isParked ? await sendParked(context, turn, activities, send) : await send();
    await obey(turn, activities);
    return responses;
  });
  await turn.think();
  try {
    await next();
  } catch (error) {
    turn.hurry();
    throw error;
  }
}

/** A turn in which nothing of the customer's is answered: nothing is timed, but the bot can still let go. */
async function watch(context: TurnContextLike, speaker: Speaker, next: () => Promise<void>): Promise<void> {
  context.onSendActivities(async (_context, activities: readonly ActivityLike[], send) => {
    const responses = await send();
    await obey(speaker, activities);
    return responses;
  });
  await next();
}

/** What the bot has said may have let go of the conversation, or ended it. */
async function obey(speaker: Speaker, activities: readonly ActivityLike[]): Promise<void> {
  const initiation = activities.find(isHandoffInitiation);
  if (initiation !== undefined) await speaker.handOff(readHandoff(initiation));
  if (activities.some(isConversationEnd)) await speaker.close();
}
