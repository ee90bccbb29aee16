import assert from 'node:assert/strict';
import { Activity } from '@microsoft/agents-activity';
import { TurnContext as AgentsTurnContext, BaseAdapter } from '@microsoft/agents-hosting';
import { BotAdapter, TestAdapter, TurnContext } from 'botbuilder';
import type { Store } from '../../../middleware/ports.ts';
import { ReceiptMiddleware } from '../../../middleware/receiptMiddleware.ts';
import type {
  ActivityLike,
  ResourceResponseLike,
  TurnContextLike,
} from '../../../middleware/turn/structuralTypes.ts';
import { setTurn, turnOf } from '../../../middleware/turn/turnOf.ts';
import { createWhatsAppAdapter, type WhatsAppAdapter } from '../../../middleware/turn/whatsAppAdapter.ts';
import { engineWorld, type World, type WorldOptions } from '../../support/engineWorld.ts';
import { failures, independent } from '../../support/scriptedChannel.ts';

/** What the suite uses of a context: both SDKs have it. */
interface Context extends TurnContextLike {
  sendActivity(activity: string | ActivityLike): Promise<ResourceResponseLike | undefined>;
  sendActivities(activities: readonly ActivityLike[]): Promise<readonly ResourceResponseLike[]>;
  updateActivity(activity: ActivityLike): Promise<unknown>;
  deleteActivity(id: string): Promise<unknown>;
  readonly responded: boolean;
}

// The two contexts differ in what they call an activity; the suite sends plain objects, which both take.
const sdks: Readonly<Record<string, () => WhatsAppAdapter<Context>>> = {
  botbuilder: () => createWhatsAppAdapter({ BotAdapter, TurnContext }) as unknown as WhatsAppAdapter<Context>,
  'the Microsoft 365 Agents SDK': () =>
    createWhatsAppAdapter({
      BotAdapter: BaseAdapter,
      TurnContext: AgentsTurnContext,
      Activity,
    }) as unknown as WhatsAppAdapter<Context>,
};

for (const [name, createAdapter] of Object.entries(sdks)) {
  describe(`the WhatsApp adapter on ${name}`, () => {
    let world: World;
    let start: number;
    let adapter: WhatsAppAdapter<Context>;
    beforeEach(() => {
      adapter = createAdapter();
    });
    afterEach(() => world.close());

    /** A world whose dialog runs through the adapter, with the middleware in its pipeline. */
    const begin = async (logic: (context: Context) => Promise<void>, options: WorldOptions = {}) => {
      adapter.use(new ReceiptMiddleware());
      world = await engineWorld({ ...options, dialog: turn => adapter.processTurn(turn, logic) });
      start = world.time.now();
    };
    const policy = (document: object) => ({ policies: { default: document } });
    const sleep = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));
    const story = () =>
      world.channel.calls.map(
        ({ what, typing, at, text }) =>
          `${what}${typing && what === 'read' ? '+typing' : ''}${text === undefined ? '' : ` ${text}`}@${at - start}`,
      );
    const say = async (ms = 0) => {
      await world.say('w1');
      await world.time.pass(ms);
    };

    it('runs a turn through the middleware to the bot', async () => {
      const seen: string[] = [];
      adapter.use({
        async onTurn(context, next) {
          seen.push(`before ${context.activity.type} ${context.activity.id}`);
          await next();
          seen.push('after');
        },
      });
      await begin(async ({ activity }) => void seen.push(`bot: ${activity.text}`));
      await say();
      assert.deepEqual(seen, ['before message w1', 'bot: text of w1', 'after']);
    });

    it('gives the bot the turn behind its context', async () => {
      let found: string | undefined;
      await begin(async context => {
        const turn = turnOf(context);
        found = `${turn?.message.messageId}, attempt ${turn?.attempt}`;
      });
      await say();
      assert.equal(found, 'w1, attempt 1');
    });

    it('answers a reply with the provider’s id', async () => {
      let response: ResourceResponseLike | undefined;
      let responded = false;
      await begin(async context => {
        response = await context.sendActivity('Hello');
        responded = context.responded;
      });
      await say();
      const [, sent] = world.channel.calls;
      assert.deepEqual(story(), ['read+typing@0', 'send Hello@0']);
      assert.deepEqual(response, { id: `out-${sent?.order}` });
      assert.equal(responded, true);
    });

    it('answers with our own id while the provider does not take the reply, and sends it later', async () => {
      let response: ResourceResponseLike | undefined;
      await begin(async context => {
        response = await context.sendActivity('Hello');
      });
      world.channel.answer = ({ what, at }) =>
        what === 'send' && at === start ? { error: failures.overloaded } : {};
      await say(10_000);
      assert.match(String(response?.id), /^o\d+$/);
      assert.deepEqual(story(), ['read+typing@0', 'send Hello@0', 'send Hello@1000']);
    });

    it('keeps the order of several activities, and answers each', async () => {
      let responses: readonly ResourceResponseLike[] = [];
      await begin(async context => {
        responses = await context.sendActivities([
          { type: 'message', text: 'one' },
          { type: 'event' },
          {
            type: 'message',
            text: 'two',
            attachments: [
              { contentType: 'image/png', contentUrl: 'https://example.com/a.png' },
              { contentType: 'image/png', contentUrl: 'https://example.com/b.png' },
            ],
          },
          { type: 'message', text: 'three' },
        ]);
      });
      await say();
      const sends = world.channel.calls.filter(({ what }) => what === 'send');
      assert.deepEqual(
        sends.map(({ text }) => text),
        ['one', 'two', 'media', 'media', 'three'],
      );
      const [one, , , two, three] = sends.map(({ order }) => `out-${order}`);
      assert.deepEqual(
        responses.map(({ id }) => id),
        [one, '', two, three],
      );
    });

    for (const type of ['event', 'trace', 'typing', 'endOfConversation', 'handoff', 'delay']) {
      it(`sends the customer no activity of type ${type}, and goes on`, async () => {
        let response: ResourceResponseLike | undefined;
        await begin(async context => {
          response = await context.sendActivity({ type, text: 'for machines' });
          await context.sendActivity('for people');
        });
        await say();
        assert.equal(response?.id, '');
        assert.deepEqual(
          world.channel.calls.flatMap(({ text }) => text ?? []),
          ['for people'],
        );
      });
    }

    it('refuses to change or to take back a message, in words that the maker of a bot understands', async () => {
      await begin(async context => {
        const response = await context.sendActivity('Hello');
        const id = String(response?.id);
        await assert.rejects(context.updateActivity({ type: 'message', id, text: 'Bye' }), {
          code: 'unsupported',
          message: 'WhatsApp cannot change a message that was sent',
        });
        await assert.rejects(context.deleteActivity(id), {
          code: 'unsupported',
          message: 'WhatsApp cannot take back a message that was sent',
        });
      });
      await say();
      assert.equal(world.turns.length, 1);
      assert.deepEqual(story(), ['read+typing@0', 'send Hello@0']);
    });

    it('refuses what WhatsApp cannot show before anything of the activity goes out', async () => {
      const caught: unknown[] = [];
      adapter.onTurnError = async (_context, error) => void caught.push(error);
      await begin(async context => {
        await context.sendActivity({
          type: 'message',
          text: 'Choose',
          attachments: [{ contentType: 'application/vnd.microsoft.card.hero', content: {} }],
        });
      });
      await say();
      assert.deepEqual(
        caught.map(error => error instanceof Error && error.message.split(':')[0]),
        ['attachments'],
      );
      assert.deepEqual(story(), ['read+typing@0']);
    });

    describe('when the dialog fails', () => {
      it('has the engine run the turn again where onTurnError is not set', async () => {
        let tries = 0;
        await begin(async context => {
          tries += 1;
          await sleep(100);
          if (tries === 1) throw new Error('the dialog failed');
          await context.sendActivity(`try ${turnOf(context)?.attempt}`);
        });
        await say(10_000);
        assert.deepEqual(
          world.turns.map(({ attempt }) => attempt),
          [1, 2],
        );
        assert.deepEqual(story(), ['read+typing@0', 'send try 2@1200']);
      });

      it('hands the error to onTurnError, whose notice waits for no pacing, and the turn is over', async () => {
        const caught: string[] = [];
        adapter.onTurnError = async (context, error) => {
          caught.push(error.message);
          await context.sendActivity('Sorry');
        };
        await begin(
          async () => {
            throw new Error('the dialog failed');
          },
          policy({ reply: { delay: { minMs: 5000 } } }),
        );
        await say(60_000);
        assert.deepEqual(caught, ['the dialog failed']);
        assert.equal(world.turns.length, 1);
        assert.deepEqual(story(), ['read+typing@0', 'send Sorry@0']);
      });

      it('runs the turn again where onTurnError fails too', async () => {
        adapter.onTurnError = async () => {
          throw new Error('and the notice failed');
        };
        let tries = 0;
        await begin(async () => {
          tries += 1;
          if (tries === 1) throw new Error('the dialog failed');
        });
        await say(10_000);
        assert.equal(world.turns.length, 2);
      });
    });

    describe('with the middleware', () => {
      it('never lets a receipt that the provider refuses reach the dialog', async () => {
        await begin(async context => void (await context.sendActivity('Hello')));
        world.channel.answer = ({ what }) => (what === 'read' ? { error: failures.refused } : {});
        await say(10_000);
        assert.deepEqual(story(), ['read+typing@0', 'send Hello@0']);
        assert.deepEqual(await world.outcomes(), { w1: 'failed' });
        assert.equal(world.turns.length, 1);
      });

      it('lets a receipt that hangs cost the reply the barrier, and no error', async () => {
        await begin(async context => void (await context.sendActivity('Hello')));
        world.channel.answer = ({ what, at }) => (what === 'read' && at === start ? { afterMs: 'hang' } : {});
        await say(60_000);
        assert.deepEqual(story().slice(0, 2), ['read+typing@0', 'send Hello@1500']);
        assert.equal(world.turns.length, 1);
        assert.deepEqual(await world.outcomes(), { w1: 'sent' });
      });

      it('sends the reply where the store cannot say how its receipt stands', async () => {
        const away = new Error('the store is away');
        let inDialog = false;
        const wrapStore = (store: Store): Store => ({
          ...store,
          openReceipts: (...args) => (inDialog ? Promise.reject(away) : store.openReceipts(...args)),
        });
        await begin(
          async context => {
            await sleep(1000);
            inDialog = true;
            await context.sendActivity('Hello');
            inDialog = false;
          },
          { wrapStore, ...policy({ read: { when: 'replying' } }) },
        );
        await say(10_000);
        assert.deepEqual(story(), ['send Hello@1000']);
        const warned = world.log.lines.filter(({ level }) => level === 'warn');
        assert.deepEqual(
          warned.map(({ message }) => message),
          ['The reply does not wait for its receipt'],
        );
      });

      it('takes a bot’s own typing for typing under its rules, and its delay for a pause on the engine’s clock', async () => {
        await begin(async context => {
          await context.sendActivity('one');
          await context.sendActivity({ type: 'typing' });
          await context.sendActivity({ type: 'delay', value: 3000 });
          await context.sendActivity('two');
          await context.sendActivity({ type: 'delay', value: 'soon' });
          await context.sendActivity({ type: 'delay', value: 3_600_000 });
        });
        await say(120_000);
        assert.deepEqual(story(), ['read+typing@0', 'send one@0', 'read+typing@0', 'send two@3000']);
        assert.ok(world.turns[0]?.ended !== undefined, 'an hour is cut to a minute');
      });

      it('shows typing while the dialog works, and none after the reply', async () => {
        await begin(async context => {
          await sleep(30_000);
          await context.sendActivity('Hello');
        });
        await say(120_000);
        assert.deepEqual(story(), ['read+typing@0', 'read+typing@24000', 'send Hello@30000']);
      });

      it('stops typing before the reply where typing can be stopped', async () => {
        await begin(
          async context => {
            await sleep(12_000);
            await context.sendActivity('Hello');
          },
          { capabilities: independent },
        );
        world.channel.answer = ({ what }) => (what === 'read' ? { afterMs: 50 } : {});
        await say(60_000);
        assert.deepEqual(story(), [
          'read@0',
          'typing@0',
          'typing@10000',
          'stopTyping@12000',
          'send Hello@12000',
        ]);
      });

      it('has the customer see read before the reply, also where the receipt is delayed and slow', async () => {
        await begin(
          async context => void (await context.sendActivity('Hello')),
          policy({ read: { delay: { minMs: 700 } } }),
        );
        world.channel.answer = ({ what }) => (what === 'read' ? { afterMs: 400 } : {});
        await say(10_000);
        const [read, send] = world.channel.calls;
        assert.deepEqual([read?.what, read?.at, read?.endedAt], ['read', start + 700, start + 1100]);
        assert.deepEqual([send?.what, send?.at], ['send', start + 1100]);
      });

      it('waits for the moment replying, whose receipt goes right before the first reply', async () => {
        await begin(
          async context => {
            await sleep(2000);
            await context.sendActivity('one');
            await sleep(1000);
            await context.sendActivity('two');
          },
          policy({ read: { when: 'replying' } }),
        );
        await say(10_000);
        assert.deepEqual(story(), ['read@2000', 'send one@2000', 'send two@3000']);
      });

      it('paces the first reply by its length, not by what goes to machines', async () => {
        await begin(
          async context => {
            await context.sendActivity({ type: 'event' });
            await context.sendActivity('12345');
          },
          policy({ reply: { delay: { perCharacterMs: 100 } } }),
        );
        await say(10_000);
        assert.deepEqual(story(), ['read+typing@0', 'send 12345@500']);
      });

      it('has the dialog begin after the thinking delay', async () => {
        let ranAt = 0;
        await begin(
          async () => {
            ranAt = Date.now();
          },
          policy({ think: { delay: { minMs: 3000 } } }),
        );
        await say(10_000);
        assert.equal(ranAt - start, 3000);
      });

      it('leaves activities alone that are no messages', async () => {
        const types: unknown[] = [];
        await begin(
          async context => {
            types.push(context.activity.type);
            await context.sendActivity('Hello');
          },
          policy({
            think: { delay: { minMs: 3000 } },
            reply: { delay: { minMs: 5000 } },
            typing: { show: false },
          }),
        );
        await world.say({
          providerId: 'w1',
          kind: 'welcome',
          content: { type: 'request_welcome' },
        });
        await world.say({
          providerId: 'w2',
          kind: 'reaction',
          content: { type: 'reaction', reaction: { to: 'out-1', emoji: '👍' } },
        });
        await world.time.pass(60_000);
        assert.deepEqual(types, ['conversationUpdate', 'messageReaction']);
        assert.deepEqual(story(), ['send Hello@0', 'send Hello@0']);
      });

      it('shows no typing for what is no message: nothing of it could be stopped before the reply', async () => {
        await begin(
          async context => {
            await sleep(15_000);
            await context.sendActivity('Hello');
          },
          { capabilities: independent },
        );
        await world.say({ providerId: 'w1', kind: 'welcome', content: { type: 'request_welcome' } });
        await world.time.pass(60_000);
        assert.deepEqual(story(), ['send Hello@15000']);
      });
    });

    it('refuses to send for a context that it did not make', async () => {
      await begin(async context => {
        setTurn(context, undefined as never);
        await assert.rejects(context.sendActivity({ type: 'message', text: 'Hello' }), { code: 'internal' });
      });
      await say();
      assert.equal(world.turns.length, 1);
      assert.deepEqual(story(), ['read+typing@0']);
    });
  });
}

describe('the receipt middleware on an adapter of others', () => {
  it('does nothing: the bot runs once, its reply goes out, nothing fails', async () => {
    let runs = 0;
    const adapter = new TestAdapter(async context => {
      runs += 1;
      assert.equal(turnOf(context), undefined);
      await context.sendActivity(`echo ${context.activity.text}`);
    });
    adapter.use(new ReceiptMiddleware());
    await adapter.send('Hello').assertReply('echo Hello').startTest();
    assert.equal(runs, 1);
  });

  it('calls next once, and listens for nothing but the events of topics', async () => {
    const { activity, turnState } = new TurnContext(new TestAdapter(), { type: 'message', text: 'Hello' });
    let calls = 0;
    let listened = 0;
    const onSendActivities = () => {
      listened += 1;
    };
    await new ReceiptMiddleware().onTurn({ activity, turnState, onSendActivities }, async () => {
      calls += 1;
    });
    assert.deepEqual([calls, listened], [1, 1]);
  });

  it('lets an error of the bot through as it is', async () => {
    const failure = new Error('the bot failed');
    const adapter = new TestAdapter(async () => {
      throw failure;
    });
    adapter.use(new ReceiptMiddleware());
    await assert.rejects(adapter.receiveActivity('Hello'), error => error === failure);
  });
});
