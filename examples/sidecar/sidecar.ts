/** Beside a contact centre that runs the conversations: it sees every message, and marks read what an agent has opened. */
import {
  type AgentEvent,
  createEngine,
  createMetaChannel,
  createPolicyBook,
  type MetaChannelOptions,
  openSqliteStore,
} from 'bluetick';
import { createWebhookServer } from '../webhookServer.ts';

/** Makes it, with the server for a second subscription to the webhooks. `path` is the file of what is owed. */
export async function createSidecar({ meta, path }: { meta: MetaChannelOptions; path: string }) {
  const store = await openSqliteStore({ path });
  const channel = createMetaChannel(meta);
  // Whoever holds a conversation is not ours: its receipts wait for an agent to open it.
  const policies = createPolicyBook({ default: { read: { when: 'agentOpened' } } }, [channel]);
  const engine = createEngine({ store, channels: [channel], policies, sidecar: true });
  engine.start();
  return {
    server: createWebhookServer(engine, channel),
    /** To be called by the contact centre: what an agent did in the conversation with a customer. */
    async agent(customer: string, event: AgentEvent) {
      const business = String(channel.businesses[0]);
      const conversation = await store.conversation({ channel: channel.name, business, customer });
      if (conversation !== undefined) await engine.reportAgent(conversation.id, event);
    },
    async close() {
      await engine.stop();
      await channel.close();
      await store.close();
    },
  };
}
