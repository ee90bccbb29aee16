import assert from 'node:assert/strict';
import { Activity } from '@microsoft/agents-activity';
import {
  ConversationState as AgentsConversationState,
  TurnContext as AgentsTurnContext,
  BaseAdapter,
} from '@microsoft/agents-hosting';
import { BotAdapter, ConversationState, TestAdapter, TurnContext, UserState } from 'botbuilder';
import {
  DialogSet,
  DialogTurnStatus,
  TextPrompt,
  WaterfallDialog,
  type WaterfallStepContext,
} from 'botbuilder-dialogs';
import type { Turn } from '../../../middleware/receipts/turn.ts';
import { createBotStorage } from '../../../middleware/turn/botStorage.ts';
import { createWhatsAppAdapter } from '../../../middleware/turn/whatsAppAdapter.ts';
import { engineWorld, type World } from '../../support/engineWorld.ts';

/** A world whose bot is made once its store is there. */
async function worldOf(createBot: (world: World) => (turn: Turn) => Promise<void>): Promise<World> {
  let bot: (turn: Turn) => Promise<void> = async () => {};
  const world = await engineWorld({ dialog: turn => bot(turn) });
  bot = createBot(world);
  return world;
}

/** What the bot said, in order. */
const said = (world: World) => world.channel.calls.flatMap(({ text }) => text ?? []);

/** A bot that counts the messages of its conversation, and fails at its first try of each, after it has saved. */
const counters: Record<string, (world: World) => (turn: Turn) => Promise<void>> = {
  botbuilder({ store }) {
    const state = new ConversationState(createBotStorage(store));
    const count = state.createProperty<number>('count');
    const adapter = createWhatsAppAdapter({ BotAdapter, TurnContext });
    return turn =>
      adapter.processTurn(turn, async context => {
        const n = (await count.get(context, 0)) + 1;
        await count.set(context, n);
        await state.saveChanges(context);
        if (turn.attempt === 1) throw new Error('a bug');
        await context.sendActivity(`${n}`);
      });
  },
  'the Microsoft 365 Agents SDK'({ store }) {
    const state = new AgentsConversationState(createBotStorage(store));
    const count = state.createProperty<number>('count');
    const sdk = { BotAdapter: BaseAdapter, TurnContext: AgentsTurnContext, Activity };
    const adapter = createWhatsAppAdapter(sdk);
    return turn =>
      adapter.processTurn(turn, async context => {
        const n = (await count.get(context, 0)) + 1;
        await count.set(context, n);
        await state.saveChanges(context);
        if (turn.attempt === 1) throw new Error('a bug');
        await context.sendActivity(`${n}`);
      });
  },
};

for (const [name, createBot] of Object.entries(counters)) {
  describe(`the bot storage under ConversationState of ${name}`, () => {
    let world: World;
    beforeEach(async () => {
      world = await worldOf(createBot);
    });
    afterEach(() => world.close());

    it('counts each message once, although each turn runs twice', async () => {
      for (const id of ['w1', 'w2', 'w3']) {
        await world.say(id);
        await world.time.pass(2000);
      }
      assert.equal(world.turns.length, 6);
      assert.deepEqual(said(world), ['1', '2', '3']);
    });

    it('counts each conversation for itself', async () => {
      await world.say({ providerId: 'w1', customer: 'anna' });
      await world.say({ providerId: 'w2', customer: 'ben' });
      await world.time.pass(2000);
      assert.deepEqual(said(world), ['1', '1']);
    });
  });
}

describe('the bot storage under the dialogs of botbuilder', () => {
  let world: World;
  afterEach(() => world?.close());

  /** Asks three questions. Each turn fails at its first tries, each time at another place. */
  const threeQuestions =
    (log: string[]) =>
    ({ store }: World) => {
      const state = new ConversationState(createBotStorage(store));
      const dialogs = new DialogSet(state.createProperty('dialog'));
      const questions = ['first?', 'second?', 'third?'];
      const ask = questions.map((question, index) => async (step: WaterfallStepContext) => {
        log.push(`step ${index} with ${step.result}`);
        return step.prompt('text', question);
      });
      dialogs.add(new TextPrompt('text'));
      dialogs.add(
        new WaterfallDialog('questions', [
          ...ask,
          async step => {
            await step.context.sendActivity('thanks');
            return step.endDialog();
          },
        ]),
      );
      const adapter = createWhatsAppAdapter({ BotAdapter, TurnContext });
      return (turn: Turn) =>
        adapter.processTurn(turn, async context => {
          if (turn.attempt === 1) throw new Error('before the dialog');
          const dc = await dialogs.createContext(context);
          const { status } = await dc.continueDialog();
          if (status === DialogTurnStatus.empty) await dc.beginDialog('questions');
          if (turn.attempt === 2) throw new Error('before it is saved');
          await state.saveChanges(context);
          if (turn.attempt === 3) throw new Error('after it is saved');
        });
    };

  it('neither skips nor repeats a step of a waterfall, although each turn runs four times', async () => {
    const log: string[] = [];
    world = await worldOf(threeQuestions(log));
    for (const id of ['w1', 'w2', 'w3', 'w4']) {
      await world.say(id);
      await world.time.pass(10_000);
    }
    assert.equal(world.turns.length, 16);
    assert.deepEqual(said(world), ['first?', 'second?', 'third?', 'thanks']);
    // The tries two, three and four of each turn take the same step with the same answer.
    const steps = ['step 0 with undefined', 'step 1 with text of w2', 'step 2 with text of w3'];
    assert.deepEqual(
      log,
      steps.flatMap(step => Array(3).fill(step)),
    );
  });

  it('serves an adapter that is none of ours: there it writes at once', async () => {
    world = await worldOf(() => async () => {});
    const state = new UserState(createBotStorage(world.store));
    const name = state.createProperty<string>('name');
    const adapter = new TestAdapter(async context => {
      await context.sendActivity(`before: ${await name.get(context)}`);
      await name.set(context, context.activity.text);
      await state.saveChanges(context);
    });
    await adapter.test('Anna', 'before: undefined').test('Ben', 'before: Anna').startTest();
    const [item] = await world.store.readState(['test/users/user1/']);
    assert.deepEqual(JSON.parse(String(item?.json)), { name: 'Ben' });
  });
});
