/** A bot of botbuilder on WhatsApp: the customer sees read, then typing, then the answer. */
import {
  createEngine,
  createMetaChannel,
  createPolicyBook,
  createWhatsAppAdapter,
  type MetaChannelOptions,
  openSqliteStore,
  ReceiptMiddleware,
} from 'bluetick';
import { ActivityHandler, BotAdapter, TurnContext } from 'botbuilder';
import { createWebhookServer } from '../webhookServer.ts';

/** Makes the bot, with the server for its webhooks. `path` is the file of what is owed. */
export async function createEchoBot({ meta, path }: { meta: MetaChannelOptions; path: string }) {
  const bot = new ActivityHandler();
  bot.onMessage(async context => void (await context.sendActivity(`You said: ${context.activity.text}`)));

  const store = await openSqliteStore({ path });
  const channel = createMetaChannel(meta);
  const policies = createPolicyBook({ default: { think: { delay: { minMs: 200 } } } }, [channel]);
  const adapter = createWhatsAppAdapter({ BotAdapter, TurnContext }, () => engine);
  adapter.use(new ReceiptMiddleware());
  const engine = createEngine({
    store,
    channels: [channel],
    policies,
    onTurn: turn => adapter.processTurn(turn, context => bot.run(context)),
  });
  engine.start();
  return {
    server: createWebhookServer(engine, channel),
    async close() {
      await engine.stop();
      await channel.close();
      await store.close();
    },
  };
}
