/** A bot that hands over to a person: from then on a message turns blue when an agent has opened the conversation. */
import * as bluetick from 'bluetick';
import { ActivityHandler, BotAdapter, TurnContext } from 'botbuilder';
import { createWebhookServer } from '../webhookServer.ts';

/** Makes the bot, with the server for its webhooks and the desk of the agents, who are alerted by `waiting`. */
export async function createDesk({
  meta,
  path,
  waiting,
}: {
  meta: bluetick.MetaChannelOptions;
  path: string;
  waiting: (customer: string) => void;
}) {
  const bot = new ActivityHandler();
  bot.onMessage(async context => {
    if (!/person/i.test(context.activity.text)) return void (await context.sendActivity('I am a bot.'));
    await context.sendActivity('I get somebody.');
    await bluetick.handoffOf(context).begin({ reason: 'asked for a person' });
  });

  const store = await bluetick.openSqliteStore({ path });
  const channel = bluetick.createMetaChannel(meta);
  const adapter = bluetick.createWhatsAppAdapter({ BotAdapter, TurnContext }, () => engine);
  adapter.use(new bluetick.ReceiptMiddleware());
  const engine = bluetick.createEngine({
    store,
    channels: [channel],
    policies: bluetick.createPolicyBook({}, [channel]),
    onTurn: turn => adapter.processTurn(turn, context => bot.run(context)),
  });
  engine.onChange(change => {
    if (change.type === 'conversation.changed' && change.state.holder === 'queue')
      waiting(change.state.customer);
  });
  engine.start();

  const { name, businesses } = channel;
  const find = async (customer: string) => {
    const found = await store.conversation({ channel: name, business: String(businesses[0]), customer });
    if (found === undefined) throw new Error('This customer has not written yet');
    return found;
  };
  return {
    server: createWebhookServer(engine, channel),
    holder: async (customer: string) => (await find(customer)).holder,
    /** An agent looks at it: what the customer wrote since turns blue. */
    open: async (customer: string) => engine.reportAgent((await find(customer)).id, 'opened'),
    reply: async (customer: string, text: string) =>
      engine.send(await find(customer), { type: 'text', text }, { sender: { by: 'agent' } }),
    done: async (customer: string) => engine.reportAgent((await find(customer)).id, 'closed'),
    async close() {
      await engine.stop();
      await channel.close();
      await store.close();
    },
  };
}
