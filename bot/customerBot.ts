import { ConversationState, type TurnContext } from 'botbuilder';
import type { Logger, Store } from '../middleware/ports.ts';
import { createBotStorage } from '../middleware/turn/botStorage.ts';
import type { RelayConfig } from './config/relay.ts';
import { createDirectLineClient } from './copilot/relay/directLineClient.ts';
import { RelayBot } from './copilot/relay/relayBot.ts';
import { FrontDeskBot } from './dialogs/frontDeskBot.ts';

/** What answers customers. */
export interface CustomerBot {
  /** Answers one activity. */
  run(context: TurnContext): Promise<void>;
  /** Whether a turn that failed is run again, rather than apologised for. */
  readonly triesAgain: boolean;
  /** Ends what waits for somebody else. Turns that are cut off so fail. */
  stop(): Promise<void>;
}

/** What a bot is made with. */
export interface CustomerBotParts {
  /** The very one that the engine has. */
  readonly store: Store;
  readonly log: Logger;
  /** How a customer's phone reaches this host; the sample's pictures lie there. */
  readonly urlForPhones: () => string | undefined;
}

/**
 * The agent behind Direct Line where one is set, else the sample: one bot behind both adapters. In the engine's turns the
 * bot's state is written with the turn's end; behind `/api/messages`, where no turn of ours is run again, at once.
 */
export function createCustomerBot(relay: RelayConfig | undefined, parts: CustomerBotParts): CustomerBot {
  return relay === undefined ? createSample(parts) : createRelay(relay, parts);
}

function createSample({ store, urlForPhones }: CustomerBotParts): CustomerBot {
  const bot = new FrontDeskBot({
    conversationState: new ConversationState(createBotStorage(store)),
    picturesUrl() {
      const url = urlForPhones();
      return url && `${url}/pictures`;
    },
  });
  return { run: context => bot.run(context), triesAgain: false, async stop() {} };
}

function createRelay({ pace, ...addresses }: RelayConfig, { store, log }: CustomerBotParts): CustomerBot {
  const client = createDirectLineClient(addresses);
  const bot = new RelayBot({ client, store, log, ...(pace && { pace }) });
  return { run: context => bot.run(context), triesAgain: true, stop: () => bot.stop() };
}
