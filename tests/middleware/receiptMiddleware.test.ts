import assert from 'node:assert/strict';
import { ReceiptMiddleware } from '../../middleware/receiptMiddleware.ts';
import { receiptsOf } from '../../middleware/turn/receiptsOf.ts';
import type { ActivityLike } from '../../middleware/turn/structuralTypes.ts';
import { turnOf } from '../../middleware/turn/turnOf.ts';
import { customer } from '../support/engineWorld.ts';
import { type Context, foreignHosts } from '../support/foreignHosts.ts';
import { type ForeignOptions, type ForeignWorld, foreignWorld } from '../support/foreignWorld.ts';

for (const [name, createHost] of Object.entries(foreignHosts)) {
  describe(`the receipt middleware on the adapter of ${name}`, () => {
    let foreign: ForeignWorld;
    let start: number;
    /** What the bot does with a message. */
    let bot: (context: Context) => Promise<void>;
    beforeEach(() => {
      bot = async context => void (await context.sendActivity('Hello'));
    });
    afterEach(() => foreign.close());

    const begin = async (policy: object = {}, options: ForeignOptions & { middleware?: boolean } = {}) => {
      foreign = await foreignWorld(createHost(), policy, options);
      foreign.bot = context => bot(context);
      start = foreign.world.time.now();
    };
    const receive = (over: object = {}, ms = 0) => foreign.receive(over, ms);
    const story = () => foreign.story();
    const replies = () => foreign.replies();
    const conversation = () => foreign.conversation();

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
      assert.deepEqual(await foreign.world.outcomes(), { w1: 'sent' });
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
        at = foreign.world.time.now() - start;
      };
      await receive({}, 8000);
      assert.equal(at, 8000);
    });

    it('paces a reply within the budget by waiting in the turn', async () => {
      await begin({ reply: { delay: { minMs: 3000 } } }, { turnBudgetMs: 5000 });
      await receive({}, 3000);
      assert.deepEqual(replies(), ['Hello']);
      assert.equal(foreign.world.time.now() - start, 3000);
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
      await foreign.world.time.pass(20_000);
      assert.deepEqual(story(), ['read+typing@0', 'send one@20000', 'send two@20000']);
    });

    it('sends a reply behind one that another process, or an earlier life of its own, has waiting', async () => {
      await begin();
      await receive();
      const { id } = (await conversation()) ?? assert.fail('no conversation');
      const now = foreign.world.time.now();
      const content = { type: 'text', text: 'earlier' } as const;
      const of = { conversation: id, correlation: 'k', now, leaseMs: 10_000, dueAt: now + 20_000 };
      await foreign.world.store.addOutbound({ ...of, content });
      bot = async context => void (await context.sendActivity('later'));
      await receive({ id: 'w2' });
      assert.deepEqual(replies(), ['Hello']);
      await foreign.world.time.pass(30_000);
      const at = now + 20_000 - start;
      assert.deepEqual(story().slice(-2), [`send earlier@${at}`, `send later@${at}`]);
      assert.deepEqual(replies(), ['Hello']);
    });

    it('sends a reply after its receipt also where that is due after the turn', async () => {
      await begin({ read: { delay: { minMs: 30_000 } } });
      await receive();
      await foreign.world.time.pass(60_000);
      const [read, send] = story();
      assert.match(String(read), /^read(\+typing)?@30000$/);
      assert.match(String(send), /^send Hello@3\d{4}$/);
      assert.deepEqual(replies(), []);
    });

    it('cuts pacing short where a reply must not pass agents by', async () => {
      await begin({ reply: { delay: { minMs: 20_000 } } }, { readers: [readOmnichannel] });
      await receive({ channelId: 'omnichannel' }, 8000);
      assert.deepEqual(replies(), ['Hello']);
      await foreign.world.time.pass(60_000);
      assert.deepEqual(story(), ['read+typing@0']);
    });

    const readOmnichannel = ({ id = '' }: ActivityLike) =>
      ({ channel: 'meta', business: 'b1', customer, messageId: id }) as const;

    it('does nothing to the hidden messages of Omnichannel', async () => {
      await begin({}, { readers: [readOmnichannel] });
      const tags = 'ChannelId-whatsapp,OmnichannelContextMessage,Hidden';
      await receive({ channelId: 'omnichannel', channelData: { tags } });
      assert.deepEqual([foreign.runs, story()], [1, []]);
    });

    const slow = { think: { delay: { minMs: 5000 } }, reply: { delay: { minMs: 5000 } } };

    it('holds nothing back from a caller who waits for the replies', async () => {
      await begin(slow);
      const body = (await receive({ deliveryMode: 'expectReplies' })) as { activities: ActivityLike[] };
      assert.deepEqual(
        body.activities.map(({ text }) => text),
        ['Hello'],
      );
      assert.equal(foreign.world.time.now(), start);
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
      assert.deepEqual([replies(), foreign.world.time.now()], [['Bye'], start]);
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
        assert.deepEqual([foreign.runs, story(), foreign.world.time.now()], [1, [], start]);
        assert.equal(await conversation(), undefined);
      });
    }

    it('does nothing to a proactive turn', async () => {
      await begin(slow);
      await foreign.host.proactively(
        foreign.activity(),
        async context => void (await context.sendActivity('News')),
      );
      assert.deepEqual([replies(), story(), foreign.world.time.now()], [['News'], [], start]);
    });

    it('follows the bot’s hand-off and what the hub says of it', async () => {
      await begin();
      bot = async context => void (await context.sendActivity({ type: 'event', name: 'handoff.initiate' }));
      await receive();
      assert.equal((await conversation())?.holder, 'queue');
      bot = async () => {};
      await receive({ id: 'w2' });
      assert.deepEqual(await foreign.world.outcomes(), { w1: 'sent', w2: 'held' });
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
      assert.deepEqual(await foreign.world.outcomes(), { w1: 'sent', w2: 'sent' });
      await receive({ ...status('accepted'), conversation: { id: (await conversation())?.id } });
      assert.equal((await conversation())?.holder, 'agent');
      await receive({ id: 'w3' });
      await receive(status('completed'));
      assert.equal((await conversation())?.holder, 'bot');
      assert.deepEqual(await foreign.world.outcomes(), { w1: 'sent', w2: 'sent', w3: 'skipped' });
      assert.equal(foreign.runs, 7);
    });

    it('does not fail by a hub’s word on a conversation that nobody knows, or a state that it does not know', async () => {
      await begin();
      const event = { type: 'event', name: 'handoff.status' };
      await receive({ ...event, value: { state: 'accepted' } });
      await receive({ ...event, value: { state: 'surprised' } });
      await receive({ ...event, value: undefined });
      assert.equal(foreign.runs, 3);
      assert.equal(foreign.world.log.lines.filter(({ level }) => level === 'warn').length, 1);
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
        assert.deepEqual(await foreign.world.outcomes(), { w1: tag === 'Escalate' ? 'held' : 'skipped' });
        assert.deepEqual(replies(), ['Summary']);
      });
    }

    it('calls the bot while agents hold the conversation, without typing or pacing', async () => {
      await begin(slow);
      await receive({ id: 'w0' }, 10_000);
      const { id } = (await conversation()) ?? {};
      await foreign.world.engine.reportAgent(String(id), 'accepted');
      const before = story().length;
      const from = foreign.world.time.now();
      await receive();
      assert.deepEqual([foreign.runs, foreign.world.time.now() - from], [2, 0]);
      assert.deepEqual(story().slice(before), []);
    });

    it('leaves the bot out while agents hold the conversation, where the host wants it so', async () => {
      await begin({}, { silentWhileHeld: true });
      await receive({ id: 'w0' });
      const { id } = (await conversation()) ?? {};
      await foreign.world.engine.reportAgent(String(id), 'accepted');
      await receive();
      assert.equal(foreign.runs, 1);
      assert.deepEqual(await foreign.world.outcomes(), { w0: 'sent', w1: 'held' });
    });

    it('calls the bot where the store is away', async () => {
      await begin(slow, {
        wrapStore: store => ({ ...store, admit: () => Promise.reject(new Error('no disk')) }),
      });
      await receive();
      assert.deepEqual([foreign.runs, replies(), foreign.world.time.now()], [1, ['Hello'], start]);
      assert.equal(
        foreign.world.log.lines.some(({ level }) => level === 'error'),
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
      assert.equal(foreign.world.log.lines.filter(({ level }) => level === 'error').length, 1);
    });

    it('lets an error of the bot through, and stops typing', async () => {
      await begin();
      bot = async () => {
        throw new Error('the bot failed');
      };
      await assert.rejects(receive(), /the bot failed/);
      await foreign.world.time.pass(60_000);
      assert.deepEqual(story(), ['read@0']);
    });

    it('refuses a second next()', async () => {
      await begin({}, { middleware: false });
      foreign.host.use({
        async onTurn(_context, next) {
          await next();
          await assert.rejects(next(), /second time/);
        },
      });
      foreign.host.use(new ReceiptMiddleware({ engine: foreign.world.engine }));
      await receive();
      assert.equal(foreign.runs, 1);
    });

    it('works once where it is registered twice, also behind one that has no engine', async () => {
      await begin({ reply: { delay: { minMs: 2000 } } }, { engine: undefined as never });
      foreign.host.use(new ReceiptMiddleware({ engine: foreign.world.engine }));
      foreign.host.use(new ReceiptMiddleware({ engine: foreign.world.engine }));
      await receive({}, 2000);
      assert.deepEqual(story(), ['read+typing@0']);
      assert.deepEqual([foreign.runs, replies()], [1, ['Hello']]);
    });

    it('goes on as if it were not there when the engine stops in a turn', async () => {
      await begin({ think: { delay: { minMs: 5000 } } });
      const turn = receive();
      await foreign.world.time.settle();
      const stopped = foreign.world.engine.stop();
      await turn;
      await stopped;
      assert.deepEqual([foreign.runs, replies()], [1, ['Hello']]);
    });
  });
}
