import assert from 'node:assert/strict';
import { receiptsOf } from '../../middleware/turn/receiptsOf.ts';
import type { ActivityLike } from '../../middleware/turn/structuralTypes.ts';
import { customer } from '../support/engineWorld.ts';
import { type Context, foreignHosts } from '../support/foreignHosts.ts';
import { type ForeignOptions, type ForeignWorld, foreignWorld } from '../support/foreignWorld.ts';

const sleep = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));

for (const [name, createHost] of Object.entries(foreignHosts)) {
  describe(`turns that another adapter runs, on ${name}`, () => {
    let foreign: ForeignWorld;
    const begin = async (
      bot: (context: Context) => Promise<void>,
      policy: object = {},
      options: ForeignOptions = {},
    ) => {
      foreign = await foreignWorld(createHost(), policy, options);
      foreign.bot = bot;
    };
    afterEach(() => foreign.close());
    const say = (text: string) => (context: Context) => context.sendActivity(text);
    const isFirst = (context: Context) => context.activity.id === 'w1';

    it('show typing for as long as one of them works', async () => {
      await begin(async context => {
        await sleep(isFirst(context) ? 2000 : 40_000);
        await context.sendActivity(`answer to ${context.activity.id}`);
      });
      const first = foreign.post({ id: 'w1' });
      await foreign.world.time.pass(1000);
      const second = foreign.post({ id: 'w2' });
      await foreign.during(first, 2000);
      const before = foreign.world.time.now();
      await foreign.during(second, 60_000);
      const later = foreign.world.channel.calls.filter(({ typing, at }) => typing && at > before);
      assert.ok(later.length >= 1, foreign.story().join(', '));
      assert.deepEqual(foreign.replies(), ['answer to w1', 'answer to w2']);
    });

    it('answer in order also where the reply to the first is due later', async () => {
      await begin(
        async context => void (await context.sendActivity(isFirst(context) ? 'x'.repeat(200) : 'short')),
        { reply: { delay: { perCharacterMs: 100 } } },
      );
      await foreign.receive({ id: 'w1' });
      await foreign.receive({ id: 'w2' });
      assert.deepEqual(foreign.replies(), []);
      await foreign.world.time.pass(60_000);
      assert.deepEqual(
        foreign.world.channel.calls.filter(({ what }) => what === 'send').map(({ text }) => text?.length),
        [200, 5],
      );
    });

    it('end the typing that the dialog asked for with the next reply', async () => {
      await begin(async context => {
        await context.sendActivity('one');
        await receiptsOf(context).showTyping();
        await sleep(2000);
        await context.sendActivity('two');
        await sleep(60_000);
      });
      await foreign.receive({}, 62_000);
      const [first] = foreign.world.channel.calls;
      const later = foreign.world.channel.calls.filter(({ typing, at }) => typing && at > Number(first?.at));
      assert.deepEqual(later, [], foreign.story().join(', '));
    });

    it('send nothing that was due later once an agent has taken the conversation', async () => {
      await begin(async context => void (await context.sendActivity('Hello')), {
        reply: { delay: { minMs: 20_000 } },
      });
      await foreign.receive();
      const { id = '' } = (await foreign.conversation()) ?? {};
      await foreign.world.engine.reportAgent(id, 'accepted');
      await foreign.world.time.pass(60_000);
      assert.deepEqual(
        foreign.story().filter(call => call.startsWith('send')),
        [],
      );
    });

    it('take a clock that is ahead for one that is right: what comes next is read too', async () => {
      await begin(say('Hello') as never);
      const ahead = new Date(foreign.world.time.now() + 3_600_000).toISOString();
      await foreign.receive({ id: 'w1', timestamp: ahead });
      await foreign.world.time.pass(1000);
      await foreign.receive({ id: 'w2' });
      assert.deepEqual(await foreign.world.outcomes(), { w1: 'sent', w2: 'sent' });
    });

    it('hold nothing back that comes with the end of the bot’s work, not even for a receipt', async () => {
      await begin(
        async context =>
          void (await context.sendActivities([
            { type: 'message', text: 'Bye' },
            { type: 'endOfConversation', code: 'completedSuccessfully' },
          ])),
        { read: { delay: { minMs: 5000 } }, reply: { delay: { minMs: 5000 } } },
      );
      const start = foreign.world.time.now();
      await foreign.receive();
      assert.deepEqual([foreign.replies(), foreign.world.time.now()], [['Bye'], start]);
    });

    const away = (): Promise<never> => Promise.reject(new Error('no disk'));

    it('send at once what was to go out later where it cannot be kept', async () => {
      let isAway = false;
      await begin(
        async context => {
          isAway = true;
          await context.sendActivity('Hello');
          isAway = false;
        },
        { reply: { delay: { minMs: 20_000 } } },
        {
          wrapStore: store => ({
            ...store,
            addOutbound: request => (isAway ? away() : store.addOutbound(request)),
          }),
        },
      );
      await foreign.receive();
      assert.deepEqual(foreign.replies(), ['Hello']);
      assert.equal(
        foreign.world.log.lines.some(({ level }) => level === 'error'),
        true,
      );
    });

    it('leave a card to the adapter that WhatsApp has no form for, also where the reply is due later', async () => {
      const contentType = 'application/vnd.microsoft.card.oauth';
      await begin(
        async context =>
          void (await context.sendActivity({
            type: 'message',
            attachments: [{ contentType, content: { text: 'Sign in' } }],
          })),
        { reply: { delay: { minMs: 20_000 } } },
      );
      await foreign.receive();
      const [sent] = await foreign.connector.waitFor(1, 'message');
      const { attachments } = (sent?.activity ?? {}) as { attachments: { contentType: string }[] };
      assert.deepEqual(
        attachments.map(each => each.contentType),
        [contentType],
      );
    });

    it('hear what was known last where their handle cannot do what they ask', async () => {
      let isAway = false;
      const heard: unknown[] = [];
      await begin(
        async context => {
          const receipts = receiptsOf(context);
          heard.push((await receipts.outcome())?.outcome);
          isAway = true;
          heard.push((await receipts.hold()).outcome, (await receipts.markRead()).outcome);
          await assert.rejects(receipts.setPolicy({ read: { when: 'soon' } } as never, 'message'), {
            code: 'invalid_policy',
          });
          isAway = false;
          await context.sendActivity('Hello');
        },
        { read: { when: 'manual' } },
        {
          wrapStore: store => ({
            ...store,
            listReceipts: (...args) => (isAway ? away() : store.listReceipts(...args)),
          }),
        },
      );
      await foreign.receive();
      assert.deepEqual(heard, ['held', 'held', 'held']);
      assert.deepEqual(foreign.replies(), ['Hello']);
    });

    it('make no call any more when the engine has stopped', async () => {
      await begin(async () => sleep(60_000));
      const turn = foreign.post();
      await foreign.world.time.pass(1000);
      await foreign.world.engine.stop();
      const calls = foreign.story().length;
      await foreign.world.time.pass(60_000);
      await turn;
      assert.equal(foreign.story().length, calls);
    });

    it('keep no text in the store: nobody reads it again', async () => {
      await begin(say('Hello') as never);
      const admitted: unknown[] = [];
      const { store } = foreign.world;
      await foreign.receive({ text: 'my secret plan' });
      const { id = '' } = (await foreign.conversation()) ?? {};
      for (const receipt of await store.listReceipts(id, 10)) admitted.push(receipt.characters);
      assert.deepEqual(admitted, [14]);
      const again = await store.message({ channel: 'meta', business: 'b1', key: 'w1' });
      assert.doesNotMatch(JSON.stringify(again), /secret/);
    });

    it('cannot be had by a client that writes its own channel data', async () => {
      await begin(say('Hello') as never);
      const channelData = {
        MessageSid: 'SM1',
        From: `whatsapp:+${customer}`,
        To: 'whatsapp:+14155238886',
      } satisfies ActivityLike['channelData'];
      await foreign.receive({ channelId: 'webchat', channelData });
      await foreign.receive({ channelId: 'directline', channelData: { channel: 'meta', business: 'b1' } });
      assert.deepEqual([foreign.runs, foreign.story()], [2, []]);
      assert.equal(await foreign.conversation(), undefined);
    });
  });
}
