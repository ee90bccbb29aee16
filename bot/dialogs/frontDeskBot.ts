import { setTimeout } from 'node:timers/promises';
import {
  ActivityHandler,
  type ConversationState,
  EventFactory,
  MessageFactory,
  type StatePropertyAccessor,
  type TurnContext,
} from 'botbuilder';
import type { DialogState } from 'botbuilder-dialogs';
import type { BookingDialog } from './bookingDialog.ts';
import knowledge from './knowledge.json' with { type: 'json' };
import { Misunderstandings } from './misunderstandings.ts';
import { type Topic, topicOf } from './topics.ts';

/** Options of {@link FrontDeskBot}. */
export interface FrontDeskOptions {
  /** What the bot remembers of a conversation: its place in a booking, and how often it was not understood. */
  readonly conversationState: ConversationState;
  /** Tells where the customer's phone fetches pictures; where it cannot, the bot answers in words alone. */
  readonly picturesUrl?: () => string | undefined;
  /** How long the look into the workshop's book takes, in milliseconds. Default 4000: long enough to see typing. */
  readonly lookupMs?: number;
}

/** What customers write who do not want to go on with a booking. */
const cancelPattern = /^\W*(cancel|stop|quit|never ?mind|forget it)\b/i;

/**
 * The front desk of a bicycle workshop: it greets, answers what it knows, books repairs, and hands over to a person who
 * is asked for or when it is lost.
 */
export class FrontDeskBot extends ActivityHandler {
  readonly #state: ConversationState;
  readonly #picturesUrl: () => string | undefined;
  readonly #lookupMs: number;
  readonly #misunderstandings: Misunderstandings;
  readonly #place: StatePropertyAccessor<DialogState>;
  #booking: Promise<BookingDialog> | undefined;

  constructor({ conversationState, picturesUrl = () => undefined, lookupMs = 4000 }: FrontDeskOptions) {
    super();
    this.#state = conversationState;
    this.#picturesUrl = picturesUrl;
    this.#lookupMs = lookupMs;
    this.#misunderstandings = new Misunderstandings(conversationState);
    this.#place = conversationState.createProperty('booking');
    this.onMembersAdded(async (context, next) => {
      const { membersAdded = [], recipient } = context.activity;
      if (membersAdded.some(({ id }) => id !== recipient.id)) await context.sendActivity(knowledge.greeting);
      await next();
    });
    this.onMessage(async (context, next) => {
      await this.#answer(context);
      await next();
    });
  }

  /** Saves what the turn has changed when all of it went well: a turn that fails leaves the state as it was. */
  override async run(context: TurnContext): Promise<void> {
    await super.run(context);
    await this.#state.saveChanges(context);
  }

  async #answer(context: TurnContext): Promise<void> {
    const text = context.activity.text ?? '';
    const topic = topicOf(text);
    if (topic?.handoff) return this.#handOff(context, topic.answer, 'asked for a person');
    if (await this.#isBooking(context)) return this.#goOn(context, text);
    if (topic === undefined) {
      if (!(await this.#isLost(context))) await context.sendActivity(knowledge.unknown);
      return;
    }
    await this.#misunderstandings.clear(context);
    if (topic.booking) await (await this.#bookingDialog()).begin(context, topic.answer);
    else await this.#tell(context, topic);
  }

  async #tell(context: TurnContext, topic: Topic): Promise<void> {
    if (topic.lookup) await setTimeout(this.#lookupMs);
    const pictures = this.#picturesUrl();
    if (topic.picture === undefined || pictures === undefined) {
      await context.sendActivity(topic.answer);
      return;
    }
    const url = `${pictures}/${topic.picture}`;
    await context.sendActivity(MessageFactory.contentUrl(url, 'image/png', undefined, topic.answer));
  }

  async #goOn(context: TurnContext, text: string): Promise<void> {
    if (!cancelPattern.test(text)) return (await this.#bookingDialog()).continue(context);
    await this.#forget(context);
    await context.sendActivity(knowledge.cancelled);
  }

  async #isBooking(context: TurnContext): Promise<boolean> {
    const place = await this.#place.get(context);
    return place !== undefined && place.dialogStack.length > 0;
  }

  #bookingDialog(): Promise<BookingDialog> {
    this.#booking ??= import('./bookingDialog.ts').then(
      ({ BookingDialog }) =>
        new BookingDialog(this.#place, async (context, understood) => {
          if (understood) await this.#misunderstandings.clear(context);
          else await this.#isLost(context);
        }),
    );
    return this.#booking;
  }

  /** The message made no sense: once too often, and a person takes over. */
  async #isLost(context: TurnContext): Promise<boolean> {
    const lost = await this.#misunderstandings.add(context);
    if (lost) await this.#handOff(context, knowledge.lost, 'the bot did not understand');
    return lost;
  }

  async #handOff(context: TurnContext, said: string, topic: string): Promise<void> {
    await this.#forget(context);
    await context.sendActivity(said);
    await context.sendActivity(EventFactory.createHandoffInitiation(context, { topic }));
  }

  /** Ends what the bot was about; whatever comes next begins anew. */
  async #forget(context: TurnContext): Promise<void> {
    await this.#place.delete(context);
    await this.#misunderstandings.clear(context);
  }
}
