import assert from 'node:assert/strict';
import { BotAdapter, TurnContext } from 'botbuilder';
import { linkedDeviceCapabilities } from '../../../middleware/channels/linkedDevice/capabilities.ts';
import type { Interactive } from '../../../middleware/domain.ts';
import { ReceiptMiddleware } from '../../../middleware/receiptMiddleware.ts';
import type { SdkOwn } from '../../../middleware/turn/structuralTypes.ts';
import { createWhatsAppAdapter, type WhatsAppAdapter } from '../../../middleware/turn/whatsAppAdapter.ts';
import { customer, engineWorld, type World } from '../../support/engineWorld.ts';
import { type Context, foreignHosts } from '../../support/foreignHosts.ts';
import { type ForeignWorld, foreignWorld } from '../../support/foreignWorld.ts';

const capabilities = linkedDeviceCapabilities(10);
const question = {
  type: 'message',
  text: 'Shall we?',
  suggestedActions: {
    to: [],
    actions: ['Yes', 'No'].map(title => ({ type: 'imBack', title, value: title })),
  },
};
const numbered = 'send Shall we?\n1. Yes\n2. No';
const story = (world: World) =>
  world.channel.calls.filter(({ what }) => what === 'send').map(({ what, text }) => `${what} ${text}`);

describe('a bot on a channel that sends texts only', () => {
  let world: World;
  let adapter: WhatsAppAdapter<Context>;
  /** A customer writes once; the bot does `logic`, and has a minute for it. */
  const begin = async (logic: (context: Context, attempt: number) => Promise<void>) => {
    adapter = createWhatsAppAdapter({ BotAdapter, TurnContext }, () => world.engine) as SdkOwn;
    adapter.use(new ReceiptMiddleware());
    world = await engineWorld({
      capabilities,
      dialog: turn => adapter.processTurn(turn, context => logic(context, turn.attempt)),
    });
    await world.say('w1');
    await world.time.pass(60_000);
  };
  afterEach(() => world.close());

  it('asks with numbered lines', async () => {
    await begin(async context => void (await context.sendActivity(question)));
    assert.deepEqual(story(world), [numbered]);
  });

  it('says nothing twice when its turn runs again', async () => {
    const long = { ...question, text: `${'a'.repeat(4000)}\n${'b'.repeat(4000)}` };
    const ids: (string | undefined)[][] = [];
    await begin(async (context, attempt) => {
      const responses = [await context.sendActivity(long), await context.sendActivity(question)];
      ids.push(responses.map(response => response?.id));
      if (attempt === 1) throw new Error('the dialog failed');
    });
    assert.equal(world.turns.length, 2);
    assert.deepEqual(story(world), [
      `send ${'a'.repeat(4000)}`,
      `send ${'b'.repeat(4000)}\n1. Yes\n2. No`,
      numbered,
    ]);
    assert.deepEqual(ids[0], ids[1]);
  });

  it('speaks the same way of its own accord', async () => {
    let reference = {};
    await begin(async ({ activity }) => {
      reference = TurnContext.getConversationReference(activity as SdkOwn);
    });
    await adapter.continueConversationAsync(
      '',
      reference,
      async context => void (await context.sendActivity(question)),
    );
    assert.deepEqual(story(world), [numbered]);
  });

  it('is not the API’s caller, who gets what was asked for or a refusal', async () => {
    await begin(async () => {});
    const conversation = await world.store.conversation({ channel: 'meta', business: 'b1', customer });
    const interactive: Interactive = {
      kind: 'buttons',
      body: 'Shall we?',
      buttons: [{ id: 'y', title: 'Yes' }],
    };
    await world.engine.send(conversation ?? assert.fail(), { type: 'interactive', interactive });
    assert.deepEqual(story(world), ['send interactive']);
  });
});

for (const [name, createHost] of Object.entries(foreignHosts)) {
  describe(`a reply that is due later on a channel that sends texts only, on ${name}`, () => {
    let foreign: ForeignWorld;
    afterEach(() => foreign.close());

    it('asks with numbered lines', async () => {
      const policy = { reply: { delay: { minMs: 20_000 } } };
      foreign = await foreignWorld(createHost(), policy, { capabilities });
      foreign.bot = async context => void (await context.sendActivity(question));
      await foreign.receive();
      await foreign.world.time.pass(30_000);
      assert.deepEqual(foreign.replies(), []);
      assert.deepEqual(story(foreign.world), [numbered]);
    });
  });
}
