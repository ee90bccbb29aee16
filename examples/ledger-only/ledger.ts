/** No bot and no receipts: a shop tells customers of their orders, and learns what became of each message. */
import {
  createEngine,
  createMetaChannel,
  createPolicyBook,
  type LedgerEvent,
  type MetaChannelOptions,
  openSqliteStore,
} from 'bluetick';
import { createWebhookServer } from '../webhookServer.ts';

/** Makes it, with the server for WhatsApp's webhooks. `told` hears of every tick, and of every failure. */
export async function createLedger({
  meta,
  path,
  told,
}: {
  meta: MetaChannelOptions;
  path: string;
  told: (event: LedgerEvent) => void;
}) {
  const store = await openSqliteStore({ path });
  const channel = createMetaChannel(meta);
  const policies = createPolicyBook({ default: { read: { when: 'never' } } }, [channel]);
  const engine = createEngine({ store, channels: [channel], policies });
  engine.onLedger(told);
  engine.start();
  return {
    server: createWebhookServer(engine, channel),
    /** Sends a text to a customer who has written within 24 hours; answers our id of it. */
    async notify(customer: string, text: string) {
      const business = String(channel.businesses[0]);
      const conversation = await store.conversation({ channel: channel.name, business, customer });
      if (conversation === undefined) throw new Error('This customer has not written yet');
      return engine.send(conversation, { type: 'text', text });
    },
    async close() {
      await engine.stop();
      await channel.close();
      await store.close();
    },
  };
}
