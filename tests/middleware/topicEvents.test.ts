import assert from 'node:assert/strict';
import { ReceiptMiddleware } from '../../middleware/receiptMiddleware.ts';
import type {
  ActivityLike,
  ResourceResponseLike,
  TurnContextLike,
} from '../../middleware/turn/structuralTypes.ts';
import { customer, engineWorld, type World } from '../support/engineWorld.ts';
import { foreignHosts } from '../support/foreignHosts.ts';
import { type ForeignOptions, type ForeignWorld, foreignWorld } from '../support/foreignWorld.ts';
import { whatsAppAdapters } from '../support/whatsAppAdapters.ts';

const event = (name: string, value?: unknown) => ({
  type: 'event',
  name: `bluetick.${name}`,
  ...(value !== undefined && { value }),
});
const message = (text: string) => ({ type: 'message', text });

/** The warnings of a log, each with its event and field. */
const warnings = ({ log }: World) =>
  log.lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields as Record<string, unknown>);

const manual = { read: { when: 'manual' } };

for (const [name, createHost] of Object.entries(foreignHosts)) {
  describe(`events of topics behind the adapter of ${name}`, () => {
    let foreign: ForeignWorld;
    let responses: readonly unknown[];
    afterEach(() => foreign.close());

    /** A bot that sends these activities in one go when a message comes. */
    const begin = async (sends: readonly object[], policy: object = {}, options: ForeignOptions = {}) => {
      responses = [];
      foreign = await foreignWorld(createHost(), policy, options);
      foreign.bot = async context => {
        responses = await context.sendActivities(sends);
      };
    };
    /** What the channel of the bot's own adapter was told. */
    const told = () =>
      foreign.connector.received.map(({ activity }) => activity.text ?? activity.name ?? activity.type);

    it('mark the message read, and reach nobody; each response keeps its place', async () => {
      await begin([message('one'), event('markRead'), message('two'), event('showTyping')], manual);
      await foreign.receive();
      assert.deepEqual(told(), ['one', 'two']);
      assert.deepEqual(await foreign.world.outcomes(), { w1: 'sent' });
      assert.deepEqual(responses, [{ id: 'sent-1' }, { id: '' }, { id: 'sent-2' }, { id: '' }]);
    });

    it('reach nobody where nothing else is sent, or in a list of their own', async () => {
      await begin([event('markRead')], manual);
      await foreign.receive();
      assert.deepEqual([told(), responses], [[], [{ id: '' }]]);
      assert.deepEqual(await foreign.world.outcomes(), { w1: 'sent' });
    });

    it('hold the receipt of a message that is not read before its reply', async () => {
      await begin([event('hold'), message('A person looks at it')], { read: { when: 'replying' } });
      await foreign.receive();
      assert.deepEqual(await foreign.world.outcomes(), { w1: 'held' });
      assert.deepEqual([told(), foreign.story()], [['A person looks at it'], []]);
      assert.deepEqual(warnings(foreign.world), []);
    });

    it('hold too late what the policy has read already: the log says so, and the next message is held', async () => {
      await begin([event('hold')]);
      await foreign.receive();
      foreign.bot = async () => {};
      await foreign.receive({ id: 'w2' });
      assert.deepEqual(await foreign.world.outcomes(), { w1: 'sent', w2: 'held' });
      assert.deepEqual(
        warnings(foreign.world).map(fields => fields.event),
        ['bluetick.hold'],
      );
      assert.match(
        String(foreign.world.log.lines.find(({ level }) => level === 'warn')?.message),
        /too late/,
      );
    });

    it('set the policy for the reply behind them', async () => {
      await begin([event('setPolicy', { replyDelayMs: 3000 }), message('Hello')]);
      const start = foreign.world.time.now();
      await foreign.receive({}, 3000);
      assert.deepEqual([told(), foreign.world.time.now() - start], [['Hello'], 3000]);
      assert.equal((await foreign.conversation())?.policy, undefined);
    });

    it('set the policy of the conversation, also as JSON', async () => {
      const value = JSON.stringify({ readWhen: 'manual', scope: 'conversation' });
      await begin([event('setPolicy', value)]);
      await foreign.receive();
      assert.deepEqual((await foreign.conversation())?.policy, manual);
    });

    it('take the conversation’s own policy away again, and decide the message by the wider one', async () => {
      await begin([event('setPolicy', { readWhen: 'manual', replyDelayMs: 10, scope: 'conversation' })]);
      await foreign.receive();
      foreign.bot = async context => {
        await context.sendActivities([
          event('setPolicy', { reset: true, thinkDelayMs: 5, scope: 'conversation' }),
        ]);
      };
      await foreign.receive({ id: 'w2' });
      assert.deepEqual((await foreign.conversation())?.policy, { think: { delay: { minMs: 5 } } });
      assert.deepEqual(await foreign.world.outcomes(), { w1: 'sent', w2: 'sent' });
    });

    it('go with what a reply is parked for', async () => {
      await begin(
        [event('setPolicy', { replyDelayMs: 20_000 }), message('Later'), event('markRead')],
        manual,
      );
      await foreign.receive();
      assert.deepEqual(told(), []);
      assert.match(JSON.stringify(responses), /^\[\{"id":""\},\{"id":"o\d+"\},\{"id":""\}\]$/);
      await foreign.world.time.pass(20_000);
      assert.deepEqual(foreign.story().at(-1), 'send Later@20000');
    });

    for (const [what, sent, field] of [
      ['a name that is not known', event('sing'), 'name'],
      ['a malformed value', event('markRead', { includeHeld: 'yes' }), 'value.includeHeld'],
      [
        'a policy that contradicts itself',
        event('setPolicy', { replyDelayMs: 5, replyMaxDelayMs: 1 }),
        'value.replyDelayMs',
      ],
    ] as const) {
      it(`are warned of, and reach nobody, for ${what}; the turn goes on`, async () => {
        await begin([sent, message('Hello')]);
        await foreign.receive();
        assert.deepEqual([told(), responses], [['Hello'], [{ id: '' }, { id: 'sent-1' }]]);
        const warned = warnings(foreign.world).map(({ event, field }) => ({ event, field }));
        assert.deepEqual(warned, [{ event: sent.name, field }]);
      });
    }

    it('are no part of the body where the caller waits for the replies', async () => {
      await begin([event('markRead'), message('Hello'), event('hold')], manual);
      const body = (await foreign.receive({ deliveryMode: 'expectReplies' })) as {
        activities: ActivityLike[];
      };
      assert.deepEqual(
        body.activities.map(({ type, text }) => [type, text]),
        [['message', 'Hello']],
      );
      assert.equal(responses.length, 3);
      assert.equal((await foreign.world.outcomes()).w1, 'sent');
    });

    it('reach nobody and do nothing where no message of WhatsApp is behind the turn', async () => {
      await begin([
        event('markRead'),
        event('setPolicy', { readWhen: 'manual' }),
        event('sing'),
        message('Hi'),
      ]);
      await foreign.receive({ channelId: 'webchat', channelData: {} });
      assert.deepEqual([told(), foreign.story()], [['Hi'], []]);
      assert.deepEqual(
        warnings(foreign.world).map(fields => fields.event),
        ['bluetick.sing'],
      );
    });

    it('reach nobody where the bot speaks of its own accord', async () => {
      await begin([]);
      await foreign.host.proactively(
        foreign.activity(),
        async context => void (await context.sendActivities([event('hold'), message('News'), event('sing')])),
      );
      assert.deepEqual([told(), foreign.story()], [['News'], []]);
    });

    it('are seen by middleware before ours, whose list goes with the responses, and by none behind it', async () => {
      foreign = await foreignWorld(createHost(), manual, { middleware: false });
      const seen: unknown[] = [];
      const nameOf = ({ text, name: event }: ActivityLike) => text ?? event;
      const watcher = {
        async onTurn(context: TurnContextLike, next: () => Promise<void>) {
          context.onSendActivities(async (_context, activities: ActivityLike[], send) => {
            const answers = await send();
            seen.push([activities.map(nameOf), answers.map(({ id }: ResourceResponseLike) => id)]);
            return answers;
          });
          await next();
        },
      };
      foreign.host.use(watcher);
      foreign.host.use(new ReceiptMiddleware({ engine: foreign.world.engine }));
      foreign.host.use(watcher);
      foreign.bot = async context => {
        await context.sendActivities([event('markRead'), message('Hello'), { type: 'event', name: 'note' }]);
      };
      await foreign.receive();
      assert.deepEqual(seen, [
        [
          ['Hello', 'note'],
          ['sent-1', 'sent-2'],
        ],
        [
          ['bluetick.markRead', 'Hello', 'note'],
          ['', 'sent-1', 'sent-2'],
        ],
      ]);
    });
  });
}

for (const [name, create] of Object.entries(whatsAppAdapters)) {
  for (const withMiddleware of [true, false]) {
    describe(`events of topics on the WhatsApp adapter of ${name}, ${withMiddleware ? 'with' : 'without'} the middleware`, () => {
      let world: World;
      afterEach(() => world.close());

      const run = async (sends: readonly object[], policy: object) => {
        const adapter = create();
        if (withMiddleware) adapter.use(new ReceiptMiddleware());
        let responses: readonly unknown[] = [];
        world = await engineWorld({
          policies: { default: policy },
          dialog: turn =>
            adapter.processTurn(turn, async context => {
              responses = await context.sendActivities(sends);
            }),
        });
        await world.say('w1');
        await world.time.pass(1000);
        return responses;
      };

      it('are obeyed', async () => {
        const responses = await run([event('markRead'), message('Hello')], manual);
        assert.deepEqual(
          world.channel.calls.map(({ what }) => what),
          ['read', 'send'],
        );
        assert.deepEqual(await world.outcomes(), { w1: 'sent' });
        assert.deepEqual(responses[0], { id: '' });
        assert.equal(responses.length, 2);
      });

      it('are warned of by the engine’s log, and the turn is not run again', async () => {
        await run([event('sing'), event('hold', 7), message('Hello')], manual);
        const { id } = (await world.store.conversation({ channel: 'meta', business: 'b1', customer })) ?? {};
        const warned = warnings(world).map(({ event, field, conversation }) => ({
          event,
          field,
          conversation,
        }));
        assert.deepEqual(warned, [
          { event: 'bluetick.sing', field: 'name', conversation: id },
          { event: 'bluetick.hold', field: 'value', conversation: id },
        ]);
        assert.equal(world.turns.length, 1);
      });
    });
  }
}
