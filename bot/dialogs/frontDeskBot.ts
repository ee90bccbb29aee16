import { setTimeout } from 'node:timers/promises';
import { ActivityHandler, EventFactory, MessageFactory, type TurnContext } from 'botbuilder';
import knowledge from './knowledge.json' with { type: 'json' };

/** Options of {@link FrontDeskBot}. */
export interface FrontDeskOptions {
  /** Tells where the customer's phone fetches pictures; where it cannot, the bot answers in words alone. */
  readonly picturesUrl?: () => string | undefined;
  /** How long the look into the workshop's book takes, in milliseconds. Default 4000: long enough to see typing. */
  readonly lookupMs?: number;
}

type Topic = (typeof knowledge.topics)[number];

/** The front desk of a bicycle workshop: it greets, answers what it knows, and says where it does not. */
export class FrontDeskBot extends ActivityHandler {
  readonly #picturesUrl: () => string | undefined;
  readonly #lookupMs: number;

  constructor({ picturesUrl = () => undefined, lookupMs = 4000 }: FrontDeskOptions = {}) {
    super();
    this.#picturesUrl = picturesUrl;
    this.#lookupMs = lookupMs;
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

  async #answer(context: TurnContext): Promise<void> {
    const topic = topicOf(context.activity.text ?? '');
    if (topic === undefined) {
      await context.sendActivity(knowledge.unknown);
      return;
    }
    if (topic.handoff) {
      await context.sendActivity(topic.answer);
      await context.sendActivity(
        EventFactory.createHandoffInitiation(context, { topic: 'asked for a person' }),
      );
      return;
    }
    if (topic.lookup) await setTimeout(this.#lookupMs);
    const pictures = this.#picturesUrl();
    if (topic.picture === undefined || pictures === undefined) {
      await context.sendActivity(topic.answer);
      return;
    }
    const url = `${pictures}/${topic.picture}`;
    await context.sendActivity(MessageFactory.contentUrl(url, 'image/png', undefined, topic.answer));
  }
}

/** The topic of which the text has the most words. */
function topicOf(text: string): Topic | undefined {
  const words = new Set(text.toLowerCase().match(/\p{L}+/gu));
  const score = ({ words: known }: Topic) => known.filter(word => words.has(word)).length;
  const best = knowledge.topics.toSorted((a, b) => score(b) - score(a))[0];
  return best !== undefined && score(best) > 0 ? best : undefined;
}
