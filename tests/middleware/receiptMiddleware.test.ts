import assert from 'node:assert/strict';
import { ReceiptMiddleware, type ReceiptMiddlewareOptions } from '../../middleware/receiptMiddleware.ts';
import { receiptsOf } from '../../middleware/turn/receiptsOf.ts';
import type { ActivityLike } from '../../middleware/turn/structuralTypes.ts';
import { turnOf } from '../../middleware/turn/turnOf.ts';
import { type Connector, startConnector } from '../support/connector.ts';
import { customer, engineWorld, type World, type WorldOptions } from '../support/engineWorld.ts';
import { type Context, type ForeignHost, foreignHosts } from '../support/foreignHosts.ts';

for (const [name, createHost] of Object.entries(foreignHosts)) {
  describe(`the receipt middleware on the adapter of ${name}`, () => {
    let world: World;
    let start: number;
    let host: ForeignHost;
    let connector: Connector;
    /** What the bot does with a message. */
    let bot: (context: Context) => Promise<void>;
    let runs: number;
    beforeEach(async () => {
      connector = await startConnector();
      host = createHost();
      runs = 0;
      bot = async context => void (await context.sendActivity('Hello'));
    });
    afterEach(async () => {
      await world.close();
      await connector.close();
    });

    const begin = async (policy: object = {}, options: ReceiptMiddlewareOptions & WorldOptions = {}) => {
      world = await engineWorld({ gateway: false, policies: { default: policy }, ...options });
      host.use(new ReceiptMiddleware({ engine: world.engine, ...options }));
      start = world.time.now();
    };

    /** An activity of our own adapter, relayed by whoever has the connector. */
    const activity = (over: object = {}) => ({
      type: 'message',
      id: 'w1',
      text: 'text of w1',
      channelId: 'whatsapp',
      serviceUrl: connector.url,
      timestamp: new Date(start).toISOString(),
      conversation: { id: 'host-conversation' },
      from: { id: customer, name: 'Ann' },
      recipient: { id: 'b1', name: 'Bot' },
      channelData: { channel: 'meta', business: 'b1' },
      ...over,
    });

    /** Receives an activity while time passes; answers the body. */
    const receive = async (over: object = {}, ms = 0): Promise<unknown> => {
      let body: unknown;
      let failure: unknown;
      let ended = false;
      const turn = host
        .receive(activity(over), async context => {
          runs += 1;
          await bot(context);
        })
        .then(
          answer => {
            body = answer;
          },
          error => {
            failure = error;
          },
        )
        .finally(() => {
          ended = true;
        });
      for (let left = ms; !ended || left > 0; left -= 1000) await world.time.pass(left > 0 ? 1000 : 0);
      await turn;
      if (failure !== undefined) throw failure;
      return body;
    };
    const story = () =>
      world.channel.calls.map(
        ({ what, typing, at, text }) =>
          `${what}${typing && what === 'read' ? '+typing' : ''}${text === undefined ? '' : ` ${text}`}@${at - start}`,
      );
    const replies = () =>
      connector.received.filter(each => each.activity.type === 'message').map(each => each.activity.text);
    const conversation = () => world.store.conversation({ channel: 'meta', business: 'b1', customer });

    it('marks the message read by the channel, with typing, and leaves the reply to the adapter', async () => {
      await begin();
      let response: unknown;
      bot = async context => {
        response = await context.sendActivity('Hello');
      };
      await receive();
      assert.deepEqual(story(), ['read+typing@0']);
      assert.deepEqual(replies(), ['Hello']);
      assert.deepEqual(response, { id: 'sent-1' });
      assert.deepEqual(await world.outcomes(), { w1: 'sent' });
      assert.equal((await conversation())?.holder, 'bot');
    });

    it('gives the dialog its turn and its handle', async () => {
      await begin({ read: { when: 'manual' } });
      let seen: unknown;
      bot = async context => {
        const before = await receiptsOf(context).outcome();
        const after = await receiptsOf(context).markRead();
        seen = [turnOf(context)?.message.messageId, turnOf(context)?.attempt, before?.outcome, after.outcome];
      };
      await receive();
      assert.deepEqual(seen, ['w1', 1, 'held', 'sent']);
    });

    it('calls the bot again for a message that comes again, tells so, and sends no second receipt', async () => {
      await begin();
      const attempts: (number | undefined)[] = [];
      bot = async context => void attempts.push(turnOf(context)?.attempt);
      await receive();
      await receive();
      assert.deepEqual(attempts, [1, 2]);
      assert.deepEqual(story(), ['read@0']);
    });

    it('cuts thinking at the budget', async () => {
      await begin({ think: { delay: { minMs: 20_000 } } });
      let at = 0;
      bot = async () => {
        at = world.time.now() - start;
      };
      await receive({}, 8000);
      assert.equal(at, 8000);
    });

    it('paces a reply within the budget by waiting in the turn', async () => {
      await begin({ reply: { delay: { minMs: 3000 } } }, { turnBudgetMs: 5000 });
      await receive({}, 3000);
      assert.deepEqual(replies(), ['Hello']);
      assert.equal(world.time.now() - start, 3000);
    });

    it('sends what is paced beyond the budget by the channel after the turn, in order, under our ids', async () => {
      await begin({ reply: { delay: { minMs: 20_000 } } });
      let ids: (string | undefined)[] = [];
      let responded: boolean | undefined;
      bot = async context => {
        const first = await context.sendActivity('one');
        const more = await context.sendActivities([
          { type: 'message', text: 'two' },
          { type: 'event', name: 'note' },
        ]);
        ids = [first, ...more].map(each => each?.id);
        responded = context.responded;
      };
      await receive();
      assert.match(String(ids), /^o\d+,o\d+,sent-1$/);
      assert.equal(responded, true);
      assert.deepEqual(replies(), []);
      assert.deepEqual(story(), ['read+typing@0']);
      await world.time.pass(20_000);
      assert.deepEqual(story(), ['read+typing@0', 'send one@20000', 'send two@20000']);
    });

    it('sends a reply after its receipt also where that is due after the turn', async () => {
      await begin({ read: { delay: { minMs: 30_000 } } });
      await receive();
      await world.time.pass(60_000);
      const [read, send] = story();
      assert.match(String(read), /^read(\+typing)?@30000$/);
      assert.match(String(send), /^send Hello@3\d{4}$/);
      assert.deepEqual(replies(), []);
    });

    it('cuts pacing short where a reply must not pass agents by', async () => {
      await begin({ reply: { delay: { minMs: 20_000 } } }, { readers: [readOmnichannel] });
      await receive({ channelId: 'omnichannel' }, 8000);
      assert.deepEqual(replies(), ['Hello']);
      await world.time.pass(60_000);
      assert.deepEqual(story(), ['read+typing@0']);
    });

    const readOmnichannel = ({ id = '' }: ActivityLike) =>
      ({ channel: 'meta', business: 'b1', customer, messageId: id }) as const;

    it('does nothing to the hidden messages of Omnichannel', async () => {
      await begin({}, { readers: [readOmnichannel] });
      const tags = 'ChannelId-whatsapp,OmnichannelContextMessage,Hidden';
      await receive({ channelId: 'omnichannel', channelData: { tags } });
      assert.deepEqual([runs, story()], [1, []]);
    });

    const slow = { think: { delay: { minMs: 5000 } }, reply: { delay: { minMs: 5000 } } };

    it('holds nothing back from a caller who waits for the replies', async () => {
      await begin(slow);
      const body = (await receive({ deliveryMode: 'expectReplies' })) as { activities: ActivityLike[] };
      assert.deepEqual(
        body.activities.map(({ text }) => text),
        ['Hello'],
      );
      assert.equal(world.time.now(), start);
      assert.deepEqual(story(), ['read@0']);
    });

    it('does not hold back that the bot has ended', async () => {
      await begin({ reply: { delay: { minMs: 5000 } } });
      bot = async context =>
        void (await context.sendActivities([
          { type: 'message', text: 'Bye' },
          { type: 'endOfConversation', code: 'completedSuccessfully' },
        ]));
      await receive();
      assert.deepEqual([replies(), world.time.now()], [['Bye'], start]);
    });

    for (const [what, over] of Object.entries({
      'an event': { type: 'event', name: 'anything' },
      'a conversation’s update': { type: 'conversationUpdate', membersAdded: [{ id: customer }] },
      'the end of a conversation': { type: 'endOfConversation' },
      'the ping of an import': { name: 'PVASkillImport' },
      'another channel’s message': { channelId: 'webchat', channelData: {} },
      'a message that names no channel of ours': {
        channelData: { channel: 'carrier pigeon', business: 'b1' },
      },
      'a message of a business that is not served': { channelData: { channel: 'meta', business: 'b9' } },
      'a message without an id': { id: undefined },
    })) {
      it(`does nothing to ${what}, and calls the bot`, async () => {
        await begin(slow);
        bot = async context => assert.equal(turnOf(context), undefined);
        await receive(over);
        assert.deepEqual([runs, story(), world.time.now()], [1, [], start]);
        assert.equal(await conversation(), undefined);
      });
    }

    it('does nothing to a proactive turn', async () => {
      await begin(slow);
      await host.proactively(activity(), async context => void (await context.sendActivity('News')));
      assert.deepEqual([replies(), story(), world.time.now()], [['News'], [], start]);
    });

    it('follows the bot’s hand-off and what the hub says of it', async () => {
      await begin();
      bot = async context => void (await context.sendActivity({ type: 'event', name: 'handoff.initiate' }));
      await receive();
      assert.equal((await conversation())?.holder, 'queue');
      bot = async () => {};
      await receive({ id: 'w2' });
      assert.deepEqual(await world.outcomes(), { w1: 'sent', w2: 'held' });
      const status = (state: string) => ({
        type: 'event',
        name: 'handoff.status',
        id: state,
        value: { state },
      });
      await receive(status('accepted'));
      assert.equal((await conversation())?.holder, 'agent');
      await receive(status('failed'));
      assert.equal((await conversation())?.holder, 'bot');
      assert.deepEqual(await world.outcomes(), { w1: 'sent', w2: 'sent' });
      await receive({ ...status('accepted'), conversation: { id: (await conversation())?.id } });
      assert.equal((await conversation())?.holder, 'agent');
      await receive({ id: 'w3' });
      await receive(status('completed'));
      assert.equal((await conversation())?.holder, 'bot');
      assert.deepEqual(await world.outcomes(), { w1: 'sent', w2: 'sent', w3: 'skipped' });
      assert.equal(runs, 7);
    });

    it('does not fail by a hub’s word on a conversation that nobody knows, or a state that it does not know', async () => {
      await begin();
      const event = { type: 'event', name: 'handoff.status' };
      await receive({ ...event, value: { state: 'accepted' } });
      await receive({ ...event, value: { state: 'surprised' } });
      await receive({ ...event, value: undefined });
      assert.equal(runs, 3);
      assert.equal(world.log.lines.filter(({ level }) => level === 'warn').length, 1);
    });

    for (const [tag, holder] of Object.entries({ Escalate: 'queue', EndConversation: 'bot' })) {
      it(`follows the command ${tag} to Omnichannel`, async () => {
        await begin({ read: { when: 'manual' } });
        bot = async context =>
          void (await context.sendActivity({
            type: 'message',
            text: 'Summary',
            channelData: { tags: JSON.stringify({ type: tag, context: {} }) },
          }));
        await receive();
        assert.equal((await conversation())?.holder, holder);
        assert.deepEqual(await world.outcomes(), { w1: tag === 'Escalate' ? 'held' : 'skipped' });
        assert.deepEqual(replies(), ['Summary']);
      });
    }

    it('calls the bot while agents hold the conversation, without typing or pacing', async () => {
      await begin(slow);
      await receive({ id: 'w0' }, 10_000);
      const { id } = (await conversation()) ?? {};
      await world.engine.reportAgent(String(id), 'accepted');
      const before = story().length;
      const from = world.time.now();
      await receive();
      assert.deepEqual([runs, world.time.now() - from], [2, 0]);
      assert.deepEqual(story().slice(before), []);
    });

    it('leaves the bot out while agents hold the conversation, where the host wants it so', async () => {
      await begin({}, { silentWhileHeld: true });
      await receive({ id: 'w0' });
      const { id } = (await conversation()) ?? {};
      await world.engine.reportAgent(String(id), 'accepted');
      await receive();
      assert.equal(runs, 1);
      assert.deepEqual(await world.outcomes(), { w0: 'sent', w1: 'held' });
    });

    it('calls the bot where the store is away', async () => {
      await begin(slow, {
        wrapStore: store => ({ ...store, admit: () => Promise.reject(new Error('no disk')) }),
      });
      await receive();
      assert.deepEqual([runs, replies(), world.time.now()], [1, ['Hello'], start]);
      assert.equal(
        world.log.lines.some(({ level }) => level === 'error'),
        true,
      );
    });

    it('passes over a reader that fails', async () => {
      const broken = () => {
        throw new TypeError('no such field');
      };
      await begin({}, { readers: [broken, readOmnichannel] });
      await receive();
      assert.deepEqual(story(), ['read+typing@0']);
      assert.equal(world.log.lines.filter(({ level }) => level === 'error').length, 1);
    });

    it('lets an error of the bot through, and stops typing', async () => {
      await begin();
      bot = async () => {
        throw new Error('the bot failed');
      };
      await assert.rejects(receive(), /the bot failed/);
      await world.time.pass(60_000);
      assert.deepEqual(story(), ['read@0']);
    });

    it('refuses a second next()', async () => {
      world = await engineWorld({ gateway: false });
      start = world.time.now();
      host.use({
        async onTurn(_context, next) {
          await next();
          await assert.rejects(next(), /second time/);
        },
      });
      host.use(new ReceiptMiddleware({ engine: world.engine }));
      await receive();
      assert.equal(runs, 1);
    });

    it('works once where it is registered twice, also behind one that has no engine', async () => {
      await begin({ reply: { delay: { minMs: 2000 } } }, { engine: undefined as never });
      host.use(new ReceiptMiddleware({ engine: world.engine }));
      host.use(new ReceiptMiddleware({ engine: world.engine }));
      await receive({}, 2000);
      assert.deepEqual(story(), ['read+typing@0']);
      assert.deepEqual([runs, replies()], [1, ['Hello']]);
    });

    it('goes on as if it were not there when the engine stops in a turn', async () => {
      await begin({ think: { delay: { minMs: 5000 } } });
      const turn = receive();
      await world.time.settle();
      const stopped = world.engine.stop();
      await turn;
      await stopped;
      assert.deepEqual([runs, replies()], [1, ['Hello']]);
    });
  });
}
