import {
  type Activity,
  ActivityTypes,
  ConversationState,
  MemoryStorage,
  type Storage,
  TestAdapter,
} from 'botbuilder';
import { FrontDeskBot, type FrontDeskOptions } from '../../../bot/dialogs/frontDeskBot.ts';

/** What a test sets of the bot. */
export type DeskOptions = Omit<FrontDeskOptions, 'conversationState'> & { readonly storage?: Storage };

/** The bot behind botbuilder's own adapter for tests. */
export function frontDesk({ storage = new MemoryStorage(), ...options }: DeskOptions = {}): TestAdapter {
  const bot = new FrontDeskBot({ ...options, conversationState: new ConversationState(storage) });
  return new TestAdapter(context => bot.run(context));
}

/** What the customer sees: events are for machines. */
export function textsOf(answers: readonly Partial<Activity>[]): (string | undefined)[] {
  return answers.filter(({ type }) => type === ActivityTypes.Message).map(({ text }) => text);
}
