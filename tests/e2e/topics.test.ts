import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { ActivityHandler, BotAdapter, TurnContext } from 'botbuilder';
import restify from 'restify';
import { admitting } from '../../bot/intake/intake.ts';
import { addWebhookRoutes } from '../../bot/routes/webhooks.ts';
import type { Phone } from '../../bot/simulator/phone.ts';
import { createSimulator } from '../../bot/simulator/simulator.ts';
import {
  createEngine,
  createMetaChannel,
  createPolicyBook,
  createWhatsAppAdapter,
  type Engine,
  openSqliteStore,
  type PolicyDocument,
  ReceiptMiddleware,
  type Store,
} from '../../middleware/index.ts';
import { quietLog } from '../support/engineWorld.ts';
import { activitiesOf, readTopics, type Topic } from '../support/topics.ts';

const customer = '4915550001111';
const business = '106540352242922';

describe('the ready-made topics, as the customer sees them', function () {
  this.timeout(20_000);
  let begun: AsyncDisposableStack;
  let store: Store;
  let engine: Engine;
  let phone: Phone;
  let log: ReturnType<typeof quietLog>;
  /** `over`: the bot has sent all that a topic says. */
  const turns = new EventEmitter();
  const topics = new Map(readTopics().map(topic => [topic.name, topic]));
  afterEach(() => begun.disposeAsync());

  /** A bot that runs these topics as an agent does, behind a number with this policy. */
  const begin = async (policy: PolicyDocument) => {
    await using parts = new AsyncDisposableStack();
    log = quietLog();
    const simulator = await createSimulator({
      accessToken: 'token',
      appSecret: 'secret',
      verifyToken: 'verify',
      phoneNumberIds: [business],
    });
    parts.defer(() => simulator.close());
    const channel = createMetaChannel({ ...simulator.channelOptions, name: 'simulator' });
    parts.defer(() => channel.close());
    store = await openSqliteStore({ path: ':memory:' });
    parts.defer(() => store.close());
    const bot = new ActivityHandler();
    bot.onMessage(async context => {
      const asked = [...topics.values()].find(({ trigger }) => trigger === context.activity.text);
      // Node by node, as they come from an agent.
      for (const activity of asked === undefined ? [] : activitiesOf(asked))
        await context.sendActivity(activity);
      turns.emit('over');
    });
    const adapter = createWhatsAppAdapter({ BotAdapter, TurnContext }).use(new ReceiptMiddleware());
    engine = createEngine({
      store,
      channels: [channel],
      policies: createPolicyBook({ default: policy }, [channel]),
      log,
      onTurn: turn => adapter.processTurn(turn, context => bot.run(context)),
    });
    parts.defer(() => engine.stop());
    const server = restify.createServer();
    addWebhookRoutes(server, channel, admitting(engine), log);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    parts.defer(() => void server.close());
    simulator.webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/simulator`;
    engine.start();
    phone = simulator.phone(customer);
    begun = parts.move();
  };

  /** The customer writes; resolves when the bot has said all that it has to say. */
  const say = async (text: string) => {
    const over = once(turns, 'over', { signal: AbortSignal.timeout(10_000) });
    const { id } = phone.say(text);
    await over;
    // The bot can be quicker than the answer to the webhook, which is the second tick.
    await phone.waitFor(() => tick(id) !== 'sent');
    return id;
  };
  const ask = (name: string) => say((topics.get(name) as Topic).trigger);
  /** What the customer saw, but for their own messages' way to the business. */
  const seen = () =>
    phone.timeline.map(({ what }) => what).filter(what => what !== 'delivered' && what !== 'customer');
  const tick = (id: string) => phone.messages.find(message => message.id === id)?.tick;
  /** The conversation's id; it is with agents. */
  const waiting = async () => {
    const found = await store.conversation({ channel: 'simulator', business, customer });
    assert.equal(found?.holder, 'queue');
    return String(found?.id);
  };
  const isRead = (id: string) => phone.waitFor(() => tick(id) === 'read');
  const warnings = () => log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);

  it('markReadWhenTopicStarts: blue ticks, typing, and then the answer', async () => {
    await begin({ read: { when: 'manual' } });
    const other = await say('Something that no topic knows');
    assert.equal(tick(other), 'delivered');
    const id = await ask('markReadWhenTopicStarts');
    assert.deepEqual(seen(), ['blue', 'blue', 'typing', 'typingEnd', 'business']);
    assert.deepEqual([tick(other), tick(id)], ['read', 'read']);
  });

  it('holdUntilAPersonOpens: grey ticks below the answer, blue when a person opens, and the bot reads again', async () => {
    await begin({ read: { when: 'replying' } });
    const id = await ask('holdUntilAPersonOpens');
    const conversation = await waiting();
    assert.deepEqual([seen(), tick(id)], [['business'], 'delivered']);
    await engine.reportAgent(conversation, 'accepted');
    assert.equal(tick(id), 'delivered');
    await engine.reportAgent(conversation, 'opened');
    await isRead(id);
    await engine.reportAgent(conversation, 'closed');
    await isRead(await ask('markReadWhenTopicStarts'));
    assert.deepEqual(warnings(), []);
  });

  it('holdUntilAPersonOpens, where the policy has read the message before: the log says so', async () => {
    await begin({});
    const id = await ask('holdUntilAPersonOpens');
    await isRead(id);
    assert.match(String(warnings()), /too late/);
  });

  it('answerAfterAHumanDelay: read and typing, and the answer after the time to type it', async () => {
    await begin({});
    const id = await ask('answerAfterAHumanDelay');
    const { at: asked } = phone.messages.find(message => message.id === id)!;
    const answer = phone.messages.at(-1)!;
    assert.deepEqual(seen(), ['blue', 'typing', 'typingEnd', 'business']);
    assert.ok(answer.at - asked >= 1500 + 30 * String(answer.text).length, `${answer.at - asked} ms`);
  });

  it('handOff: a notice with a reason for the agent, and then nothing is blue until a person opens', async () => {
    await begin({});
    await ask('handOff');
    const conversation = await waiting();
    assert.equal((await engine.handoff(conversation))?.reason, 'The customer asked for a person.');
    const { id } = phone.say('Hello?');
    await phone.waitFor(() => tick(id) === 'delivered');
    await engine.reportAgent(conversation, 'opened');
    await isRead(id);
  });
});
