import assert from 'node:assert/strict';
import { ReceiptMiddleware } from '../../../middleware/receiptMiddleware.ts';
import { handoffOf } from '../../../middleware/turn/handoffOf.ts';
import type { SdkOwn } from '../../../middleware/turn/structuralTypes.ts';
import { customer, engineWorld, type World } from '../../support/engineWorld.ts';
import type { Context } from '../../support/foreignHosts.ts';
import { whatsAppAdapters } from '../../support/whatsAppAdapters.ts';

for (const [name, create] of Object.entries(whatsAppAdapters)) {
  describe(`a hand-off as the bot lives it, on ${name}`, () => {
    let world: World;
    let logic: (context: Context) => Promise<void>;
    afterEach(() => world.close());

    const begin = async (bot: typeof logic) => {
      logic = bot;
      const adapter = create().use(new ReceiptMiddleware());
      const run = (turn: Parameters<typeof adapter.processTurn>[0]) =>
        adapter.processTurn(turn, context => logic(context));
      world = await engineWorld({ dialog: run, told: run });
      await world.say('w1');
      await world.time.pass(1000);
    };
    const state = async () => world.store.conversation({ channel: 'meta', business: 'b1', customer });
    const id = async () => String((await state())?.id);

    it('hands over its reason and context with handoff.initiate, and hears handoff.status', async () => {
      const heard: unknown[] = [];
      await begin(async context => {
        const { type, name: event, value, conversation } = context.activity;
        if (type === 'event') heard.push([event, value, conversation?.id, handoffOf(context).holder]);
        else
          await context.sendActivity({
            type: 'event',
            name: 'handoff.initiate',
            value: { topic: 'brakes' },
          } as SdkOwn);
      });
      assert.deepEqual([(await state())?.handoff?.by, (await state())?.handoff?.reason], ['bot', 'brakes']);
      assert.deepEqual((await world.engine.handoff(await id()))?.context, { topic: 'brakes' });
      await world.engine.reportAgent(await id(), 'accepted', { agent: 'Anna' });
      await world.engine.reportAgent(await id(), 'closed', { agent: 'Anna' });
      await world.time.settle();
      assert.deepEqual(heard, [
        ['handoff.status', { state: 'accepted' }, await id(), 'agent'],
        ['handoff.status', { state: 'completed' }, await id(), 'bot'],
      ]);
    });

    it('lets go and takes back by its handle, and may speak again in the same turn', async () => {
      const holders: unknown[] = [];
      await begin(async context => {
        const handoff = handoffOf(context);
        await handoff.begin({ reason: 'lost' });
        holders.push(handoff.holder);
        await handoff.takeBack();
        holders.push(handoff.holder);
        await context.sendActivity('I found it');
      });
      assert.deepEqual(holders, ['queue', 'bot']);
      assert.deepEqual(
        world.channel.calls.flatMap(({ text }) => text ?? []),
        ['I found it'],
      );
    });
  });
}

describe('the handle on a hand-off elsewhere', () => {
  it('does nothing where no conversation of WhatsApp is behind the turn', async () => {
    const handoff = handoffOf({ turnState: new Map() });
    await handoff.begin({ reason: 'x' });
    await handoff.takeBack();
    assert.equal(handoff.holder, undefined);
  });
});
