import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkItems } from '../../middleware/dynamics/workItems.ts';
import {
  OmnichannelMiddleware,
  type OmnichannelMiddlewareOptions,
} from '../../middleware/omnichannelMiddleware.ts';
import { ReceiptMiddleware } from '../../middleware/receiptMiddleware.ts';
import { fieldsOf } from '../../middleware/turn/fields.ts';
import { isTaggedWhatsApp, readOmnichannelContext } from '../../middleware/turn/omnichannel.ts';
import type { MessageReader } from '../../middleware/turn/readMessage.ts';
import { customer } from '../support/engineWorld.ts';
import { foreignHosts } from '../support/foreignHosts.ts';
import { type ForeignWorld, foreignWorld } from '../support/foreignWorld.ts';

const fixture = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '..', 'fixtures', 'dynamics', `${name}.json`), 'utf8'));
const startConversation = fixture('start-conversation');
const escalate = fixture('escalate');
const endConversation = fixture('end-conversation');
const workItem = 'cccccccc-0000-4000-8000-000000000001';

/** As a host of one's own would write it: by a context variable that the workstream fills. */
const byVariable: MessageReader = ({ value, channelId }) => {
  const number = fieldsOf(value).customer_number ?? (channelId === 'omnichannel' ? customer : undefined);
  return typeof number === 'string' ? { channel: 'meta', business: 'b1', customer: number } : undefined;
};
/** The documented event, of a WhatsApp conversation with the context variable. */
const whatsAppStart = {
  ...startConversation,
  channelId: 'omnichannel',
  value: { ...startConversation.value, customer_number: customer },
  channelData: {
    ...startConversation.channelData,
    tags: 'ChannelId-whatsapp,OmnichannelContextMessage,Hidden',
  },
};

for (const [name, createHost] of Object.entries(foreignHosts)) {
  describe(`the middleware for Omnichannel on the adapter of ${name}`, () => {
    let foreign: ForeignWorld;
    let workItems: WorkItems;
    afterEach(() => foreign.close());

    const begin = async (options: OmnichannelMiddlewareOptions = {}) => {
      foreign = await foreignWorld(createHost(), {}, { middleware: false });
      const { store, engine, channel } = foreign.world;
      workItems = new WorkItems({ store, engine, channels: [channel] });
      const readers = [byVariable];
      foreign.host.use(new ReceiptMiddleware({ engine, readers }));
      foreign.host.use(new OmnichannelMiddleware({ engine, readers, workItems, ...options }));
    };
    /** What went out by the adapter, as far as it has a mode of delivery. */
    const modes = () =>
      foreign.connector.received.map(({ activity }) => [
        activity.type,
        fieldsOf(activity.channelData).deliveryMode,
      ]);
    const omnichannel = { channelId: 'omnichannel', channelData: {} };

    it('marks what the bot says for the customer as bridged, and nothing else', async () => {
      await begin();
      const own = { type: 'message', text: 'two', channelData: { mine: 1 } };
      foreign.bot = async context => {
        await context.sendActivity('one');
        await context.sendActivity(own);
        await context.sendActivity({ type: 'event', name: 'note' });
        await context.sendActivity({
          type: 'message',
          text: 'three',
          channelData: { deliveryMode: 'unbridged' },
        });
        await context.sendActivity(escalate);
      };
      await foreign.receive(omnichannel);
      assert.deepEqual(modes(), [
        ['message', 'bridged'],
        ['message', 'bridged'],
        ['event', undefined],
        ['message', 'unbridged'],
        ['message', undefined],
      ]);
      const [, second, , , command] = foreign.connector.received.map(({ activity }) => activity);
      assert.deepEqual(second?.channelData, { mine: 1, deliveryMode: 'bridged' });
      assert.deepEqual(command?.channelData, escalate.channelData);
      // What the bot keeps for its next customer is as it was.
      assert.deepEqual(own.channelData, { mine: 1 });
      assert.equal((await foreign.conversation())?.holder, 'queue');
    });

    it('leaves other channels alone, also where the customer says that it is Omnichannel', async () => {
      await begin();
      await foreign.receive({ channelData: {} });
      const theirs = ['directline', 'directlinespeech', 'webchat', 'emulator'];
      for (const channelId of theirs)
        await foreign.receive({ id: channelId, channelId, channelData: { sourceChannelId: 'omnichannel' } });
      assert.deepEqual(
        modes(),
        ['whatsapp', ...theirs].map(() => ['message', undefined]),
      );
    });

    it('remembers the work item, so that what Dynamics tells of it reaches the conversation', async () => {
      await begin();
      await foreign.receive(whatsAppStart);
      assert.equal(foreign.runs, 1);
      assert.equal((await workItems.find(workItem))?.conversation, undefined);
      await foreign.world.say('w1');
      const told = await workItems.receive({ workItem, event: 'accepted', at: 1, columns: new Map() });
      assert.equal(told.outcome, 'applied');
      assert.equal((await foreign.conversation())?.holder, 'agent');
    });

    it('remembers no other channel’s, unless a predicate of one’s own says what WhatsApp is', async () => {
      const liveChat = { ...whatsAppStart, channelData: startConversation.channelData };
      await begin();
      await foreign.receive(liveChat);
      assert.equal(await workItems.find(workItem), undefined);
      await foreign.close();
      await begin({ isWhatsApp: ({ tags }) => tags.includes('ChannelId-lcw') });
      await foreign.receive(liveChat);
      assert.ok(await workItems.find(workItem));
    });

    it('says where no reader tells whose a conversation is, and the bot runs', async () => {
      await begin({ readers: [] });
      await foreign.receive(whatsAppStart);
      assert.equal(foreign.runs, 1);
      assert.ok(foreign.world.log.lines.some(({ message }) => /no reader tells with whom/.test(message)));
    });

    it('keeps from the bot what goes wrong', async () => {
      await begin({
        readers: [
          () => {
            throw new Error('of a host');
          },
        ],
      });
      await foreign.receive(whatsAppStart);
      assert.deepEqual([foreign.runs, foreign.replies()], [1, ['Hello']]);
      assert.ok(foreign.world.log.lines.some(({ level }) => level === 'error'));
    });

    it('hears Escalate and EndConversation that come in, which are no words of the customer', async () => {
      await begin();
      await foreign.receive({ ...omnichannel, id: 'w1' });
      assert.equal((await foreign.conversation())?.holder, 'bot');
      const story = foreign.story();
      await foreign.receive({ ...omnichannel, ...escalate, id: 'c1' });
      assert.equal((await foreign.conversation())?.holder, 'queue');
      await foreign.receive({ ...omnichannel, ...endConversation, id: 'c2' });
      assert.equal((await foreign.conversation())?.holder, 'bot');
      assert.deepEqual([foreign.story(), Object.keys(await foreign.world.outcomes()).length], [story, 1]);
    });

    it('hears commands from nobody else: customers of other channels write their tags themselves', async () => {
      await begin();
      await foreign.receive({ ...omnichannel, id: 'w1' });
      await foreign.receive({ ...escalate, id: 'c1', channelId: 'directline' });
      assert.equal((await foreign.conversation())?.holder, 'bot');
    });
  });
}

describe('the beginning of a conversation in Omnichannel', () => {
  it('is read from the documented event', () => {
    const { variables, ...context } = readOmnichannelContext(startConversation) ?? assert.fail();
    assert.deepEqual(context, {
      workItem,
      socialProfiles: ['bbbbbbbb-0000-4000-8000-000000000001'],
      tags: ['ChannelId-lcw', 'OmnichannelContextMessage', 'Hidden'],
    });
    assert.deepEqual(variables, startConversation.value);
    assert.ok(!isTaggedWhatsApp(context));
    assert.ok(isTaggedWhatsApp(readOmnichannelContext(whatsAppStart) ?? assert.fail()));
  });

  it('has the name that Microsoft’s middleware for .NET gives it, too', () =>
    assert.ok(readOmnichannelContext({ ...startConversation, name: 'omnichannelSetContext' })));

  it('is nothing else', () => {
    for (const other of [
      { type: 'message' },
      { name: 'endConversation' },
      { channelId: 'webchat' },
      { channelData: {} },
      { value: {} },
      { value: { msdyn_liveworkitemid: 'x' } },
      { value: undefined },
    ])
      assert.equal(readOmnichannelContext({ ...startConversation, ...other }), undefined);
  });
});
