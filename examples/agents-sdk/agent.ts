/**
 * The middleware in a bot of the Microsoft 365 Agents SDK, on express: read receipts and typing go out by Meta's Cloud API,
 * the answers by whoever brought the message.
 */
import {
  ActivityHandler,
  type AuthConfiguration,
  authorizeJWT,
  CloudAdapter,
  getAuthConfigWithDefaults,
} from '@microsoft/agents-hosting';
import * as bluetick from 'bluetick';
// @ts-expect-error: its types are a package of their own, @types/express
import express from 'express';

/** What a bot is run with. */
export interface AgentOptions {
  /** Who the bot is. Without a `clientId` everybody may call it, and `NODE_ENV=production` nobody. */
  readonly auth: AuthConfiguration;
  /** The WhatsApp number. */
  readonly meta: bluetick.MetaChannelOptions;
  /** The file of what is owed. */
  readonly path: string;
}

/** Makes the bot; `app.listen(3978)` starts it. */
export async function createAgent({ auth, meta, path }: AgentOptions) {
  const store = await bluetick.openSqliteStore({ path });
  const channels = [bluetick.createMetaChannel(meta)];
  const policies = bluetick.createPolicyBook({ default: { read: { when: 'replying' } } }, channels);
  const engine = bluetick.createEngine({ store, channels, policies });
  engine.start();

  const bot = new ActivityHandler();
  bot.onMessage(async context => void (await context.sendActivity(`You said: ${context.activity.text}`)));

  // The connections that it adds are what a token's audience is looked for in: without them every token is refused.
  const config = getAuthConfigWithDefaults(auth);
  const adapter = new CloudAdapter(config);
  adapter.use(new bluetick.ReceiptMiddleware({ engine }));

  const app = express();
  // The trap: process() authenticates nobody. Without this line whoever finds the address speaks as any customer. It stands
  // before express.json(), so that a stranger's body is not even read.
  app.use('/api/messages', authorizeJWT(config));
  app.post('/api/messages', express.json({ limit: '256kb' }), (request: never, response: never) =>
    adapter.process(request, response, context => bot.run(context)),
  );
  return {
    app,
    async close() {
      await engine.stop();
      await channels[0]?.close();
      await store.close();
    },
  };
}
