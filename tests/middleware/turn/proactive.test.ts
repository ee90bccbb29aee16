import assert from 'node:assert/strict';
import { Activity } from '@microsoft/agents-activity';
import { TurnContext as AgentsTurnContext, BaseAdapter } from '@microsoft/agents-hosting';
import { BotAdapter, TurnContext } from 'botbuilder';
import { windowMs } from '../../../middleware/domain.ts';
import { ReceiptMiddleware } from '../../../middleware/receiptMiddleware.ts';
import type { Engine } from '../../../middleware/receipts/engine.ts';
import { receiptsOf } from '../../../middleware/turn/receiptsOf.ts';
import type { SdkOwn } from '../../../middleware/turn/structuralTypes.ts';
import { turnOf } from '../../../middleware/turn/turnOf.ts';
import { createWhatsAppAdapter, type WhatsAppAdapter } from '../../../middleware/turn/whatsAppAdapter.ts';
import { customer, engineWorld, type World, type WorldOptions } from '../../support/engineWorld.ts';
import type { Context } from '../../support/foreignHosts.ts';
import { independent } from '../../support/scriptedChannel.ts';

type Sdk = {
  create(engine?: () => Engine): WhatsAppAdapter<Context>;
  referenceOf(context: Context): object;
};

const sdks: Readonly<Record<string, Sdk>> = {
  botbuilder: {
    create: engine => createWhatsAppAdapter({ BotAdapter, TurnContext }, engine) as SdkOwn,
    referenceOf: ({ activity }) => TurnContext.getConversationReference(activity as SdkOwn),
  },
  'the Microsoft 365 Agents SDK': {
    create: engine =>
      createWhatsAppAdapter(
        { BotAdapter: BaseAdapter, TurnContext: AgentsTurnContext, Activity },
        engine,
      ) as SdkOwn,
    referenceOf: ({ activity }) => (activity as SdkOwn).getConversationReference(),
  },
};

for (const [name, { create, referenceOf }] of Object.entries(sdks)) {
  describe(`a bot of its own accord, on ${name}`, () => {
    let world: World;
    let adapter: WhatsAppAdapter<Context>;
    let reference: object;
    afterEach(() => world.close());

    /** A world in which the customer wrote once, so that the bot has a reference. */
    const begin = async (options: WorldOptions = {}) => {
      adapter = create(() => world.engine).use(new ReceiptMiddleware());
      const logic = async (context: Context) => {
        reference = referenceOf(context);
      };
      world = await engineWorld({ ...options, dialog: turn => adapter.processTurn(turn, logic) });
      await world.say('w1');
      await world.time.pass(1000);
      world.channel.calls.length = 0;
    };
    const speak = (logic: (context: Context) => Promise<void>) =>
      adapter.continueConversationAsync('', reference, logic);
    const story = () => world.channel.calls.map(({ what, text }) => (text ? `${what} ${text}` : what));
    const holder = async () =>
      (await world.store.conversation({ channel: 'meta', business: 'b1', customer }))?.holder;

    it('sends a message in a conversation that it knows', async () => {
      await begin();
      let seen: unknown;
      await speak(async context => {
        const { type, name: event, conversation } = context.activity;
        const response = await context.sendActivity('Your bicycle is ready');
        seen = [type, event, conversation?.id?.slice(0, 2), response?.id?.slice(0, 4), turnOf(context)];
      });
      assert.deepEqual(seen, ['event', 'ContinueConversation', 'c_', 'out-', undefined]);
      assert.deepEqual(story(), ['send Your bicycle is ready']);
    });

    it('does so by the name that the Agents SDK has for it', async () => {
      await begin();
      await adapter.continueConversation(
        { aud: '' },
        reference,
        async context => void (await context.sendActivity('Hello')),
      );
      assert.deepEqual(story(), ['send Hello']);
    });

    it('sends a template alone where the window is closed', async () => {
      await begin();
      await world.time.pass(windowMs);
      await speak(async context => {
        await assert.rejects(context.sendActivity('Hello'), { code: 'window_closed' });
        await context.sendActivity({
          type: 'message',
          channelData: { template: { name: 'ready', language: 'en_US' } },
        });
      });
      assert.deepEqual(story(), ['send template']);
    });

    it('is not paced, and releases no receipt', async () => {
      await begin({
        policies: { default: { read: { when: 'replying' }, reply: { delay: { minMs: 9000 } } } },
      });
      const from = world.time.now();
      await speak(async context => void (await context.sendActivity('News')));
      assert.deepEqual([story(), world.time.now() - from], [['send News'], 0]);
      assert.deepEqual(await world.outcomes(), { w1: 'held' });
    });

    it('shows typing once, and waits between what it says', async () => {
      await begin({ capabilities: independent });
      const from = world.time.now();
      const spoken = speak(async context => {
        await context.sendActivity({ type: 'typing' });
        await context.sendActivity({ type: 'delay', value: 2000 });
        await context.sendActivity('News');
      });
      await world.time.pass(2000);
      await spoken;
      assert.deepEqual(
        world.channel.calls.map(({ what, at }) => `${what}@${at - from}`),
        ['typing@0', 'send@2000'],
      );
    });

    it('shows typing by the event of a topic too, and has no receipt to hold', async () => {
      await begin({ capabilities: independent });
      await speak(async context => {
        await context.sendActivity({ type: 'event', name: 'bluetick.showTyping' });
        await context.sendActivity({ type: 'event', name: 'bluetick.hold' });
      });
      await world.time.settle();
      assert.deepEqual(story(), ['typing']);
      assert.deepEqual(await world.outcomes(), { w1: 'sent' });
    });

    it('lets go of the conversation, and ends it', async () => {
      await begin();
      await speak(
        async context => void (await context.sendActivity({ type: 'event', name: 'handoff.initiate' })),
      );
      assert.equal(await holder(), 'queue');
      const tags = JSON.stringify({ type: 'EndConversation', context: {} });
      await speak(
        async context => void (await context.sendActivity({ type: 'message', channelData: { tags } })),
      );
      assert.equal(await holder(), 'bot');
      assert.deepEqual(story(), []);
    });

    it('has no receipt to do anything about', async () => {
      await begin();
      let seen: unknown;
      await speak(async context => {
        seen = await receiptsOf(context).markRead();
      });
      assert.deepEqual(seen, {
        outcome: 'skipped',
        because: 'there is no WhatsApp message behind this turn',
      });
    });

    it('says what is wrong with a reference', async () => {
      await begin();
      const nothing = async () => {};
      await assert.rejects(adapter.continueConversationAsync('', {}, nothing), {
        code: 'invalid_request',
        field: 'reference.conversation.id',
      });
      await assert.rejects(
        adapter.continueConversationAsync('', { conversation: { id: 'c_none' } }, nothing),
        {
          code: 'unknown_conversation',
        },
      );
      await assert.rejects(create().continueConversationAsync('', reference, nothing), {
        code: 'invalid_configuration',
      });
    });

    it('has its own error thrown at its caller', async () => {
      await begin();
      const failure = new Error('no news');
      const failing = speak(async () => {
        throw failure;
      });
      await assert.rejects(failing, error => error === failure);
    });
  });
}
