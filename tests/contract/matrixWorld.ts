import { EventEmitter, once } from 'node:events';
import type { OutboundContent } from '../../middleware/domain.ts';
import type { PolicyBook } from '../../middleware/policy/policyBook.ts';
import type { Receipt, Store, WebhookChannel } from '../../middleware/ports.ts';
import { createEngine, type Engine } from '../../middleware/receipts/engine.ts';
import { openSqliteStore } from '../../middleware/storage/sqlite/openSqliteStore.ts';
import type { ChannelHarness, SeenCall } from './channel.ts';

/** What the bot answers. */
export const answer: OutboundContent = { type: 'text', text: 'You are welcome.' };

/** How long anything may take. */
const deadlineMs = 10_000;

/** The engine on a real store, with a channel whose provider stands behind it, and one message of a customer. */
export interface MatrixWorld {
  readonly engine: Engine;
  /** The provider's id of the message. */
  readonly messageId: string;
  /** The id under which the message was marked read, once it was. */
  repeatId(): string;
  /** Our id of the conversation. */
  readonly conversation: string;
  /** The call that the answer is, as documented. */
  readonly reply: SeenCall;
  receipt(): Promise<Receipt>;
  /** The receipt, once it is there for good. */
  settled(): Promise<Receipt>;
  close(): Promise<void>;
}

/**
 * Lets a customer write over the channel's own webhook, and waits until the bot has answered.
 *
 * @param afterCall whether the bot answers only when the provider has had a call
 */
export async function matrixWorld(
  harness: ChannelHarness,
  policies: PolicyBook,
  afterCall: boolean,
): Promise<MatrixWorld> {
  const { address, documented } = harness;
  let repeatId = '';
  const channel: WebhookChannel = {
    ...harness.channel,
    markRead(call, signal) {
      repeatId = call.repeatId;
      return harness.channel.markRead(call, signal);
    },
  };
  const changed = new EventEmitter();
  const store = await openSqliteStore({ path: ':memory:', thread: false });
  const answered = Promise.withResolvers<string>();
  const engine = createEngine({
    store: announcing(store, changed),
    channels: [channel],
    policies,
    async onTurn(turn) {
      try {
        await turn.think();
        if (afterCall) await harness.called();
        await turn.beforeReply(16);
        answered.resolve((await turn.send(answer)).ref);
      } catch (error) {
        answered.reject(error);
      }
    },
  });
  engine.start();
  const close = async () => {
    await engine.stop();
    await store.close();
  };
  try {
    const messageId = harness.inboundId();
    const at = Math.floor(Date.now() / 1000) * 1000;
    const webhook = harness.webhook([{ what: 'message', id: messageId, at, text: 'Thank you!' }]);
    await channel.webhook.authenticate(webhook);
    await engine.admit(channel, channel.webhook.parse(webhook.body, webhook));
    const outbound = await store.outbound(await answered.promise);
    const conversation = await store.conversation(address);
    if (outbound === undefined || conversation === undefined) throw new Error('the message was not admitted');
    const receipt = async () => {
      const [only] = await store.listReceipts(conversation.id, 10);
      if (only === undefined) throw new Error('no receipt is owed');
      return only;
    };
    return {
      engine,
      messageId,
      repeatId: () => repeatId,
      conversation: conversation.id,
      reply: documented.send(answer, outbound.correlation),
      receipt,
      async settled() {
        const signal = AbortSignal.timeout(deadlineMs);
        for (;;) {
          // Before it is asked, so that nothing is missed.
          const next = once(changed, 'changed', { signal });
          next.catch(() => {});
          const now = await receipt();
          if (now.outcome !== 'scheduled') return now;
          await next;
        }
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The store, which says so whenever it may have changed. */
function announcing(store: Store, changed: EventEmitter): Store {
  return new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return async (...given: unknown[]) => {
        try {
          return await value.apply(target, given);
        } finally {
          changed.emit('changed');
        }
      };
    },
  });
}
