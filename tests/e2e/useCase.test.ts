import assert from 'node:assert/strict';
import type { Phone } from '../../bot/simulator/phone.ts';
import {
  type DirectLineStandIn,
  type Said,
  type StoredActivity,
  startDirectLineStandIn,
} from '../support/directLineStandIn.ts';
import { type RelayWorld, relayWorld } from '../support/relayWorld.ts';
import { activitiesOf, readTopics, type Topic } from '../support/topics.ts';

/** The answer waits so long, so that it reads as if somebody had typed it. */
const delayMs = 700;

const topicEvent = (name: string) => ({ type: 'event', name: `bluetick.${name}` });
/** Copilot Studio says so of a question: the relay then knows that the answer is whole. */
const answer = (text: string) => ({ type: 'message', text, inputHint: 'expectingInput' });

/**
 * The use case as it was written: customer’s message → agent reads and processes → configurable receipt → customer sees
 * it read → answer after the defined delay; then escalation: agent opens → receipt.
 *
 * The gateway runs in a process of its own. On one side WhatsApp's stand-in, with the customer's phone; on the other
 * Direct Line's, with a Copilot Studio agent. Both are in this process, so that their times can be compared.
 */
describe('the use case: a Copilot Studio agent decides when the ticks turn blue', function () {
  this.timeout(40_000);
  let agent: DirectLineStandIn;
  let world: RelayWorld;
  let phone: Phone;

  before(async () => {
    agent = await startDirectLineStandIn();
    // It answers nothing by itself: each test says what the agent does, and when.
    agent.agent = () => [];
    world = await relayWorld(agent, {
      read: { when: 'manual' },
      reply: { delay: { minMs: delayMs } },
      handoff: { read: 'agentOpened' },
    });
    await world.startProcess();
    phone = world.newPhone();
  });
  after(async () => {
    await world.close();
    await agent.close();
  });

  /** One of the makers' commands, about this customer: their number is all that a person's tool knows of them. */
  const command = (name: string, fields: object = {}) =>
    world.api('POST', `/commands/${name}`, { customer: phone.customer, ...fields });

  const tick = (id: string) => phone.messages.find(message => message.id === id)?.tick;
  const turnsTo = (id: string, wanted: 'delivered' | 'read') =>
    phone.waitFor(() => tick(id) === wanted, 10_000);

  /** The customer writes. Resolves when the agent has the message; what it says is an answer to that. */
  const say = async (text: string) => {
    const { id, at } = phone.say(text);
    const [conversation, posted] = await agent.waitFor(() => heard(text));
    await turnsTo(id, 'delivered');
    const says = (...all: Said[]) => {
      for (const said of all) agent.say(conversation, said, posted.id);
      return Date.now();
    };
    return { id, at, says, seen: () => seenSince(id) };
  };
  const heard = (text: string): [conversation: string, StoredActivity] | undefined => {
    for (const [conversation, activities] of agent.conversations)
      for (const activity of activities)
        if (activity.text === text && activity.from.id !== 'agent') return [conversation, activity];
    return undefined;
  };
  /** What the phone has shown since a message was written, each thing with its time. */
  const seenSince = (id: string) => {
    const written = phone.timeline.findIndex(
      ({ what, messageId }) => what === 'customer' && messageId === id,
    );
    return phone.timeline.slice(written + 1);
  };
  const story = (events: readonly { readonly what: string }[]) => events.map(({ what }) => what);
  const timesOf = (events: readonly { readonly at: number }[]) =>
    events.map(({ at }) => at) as [number, number, number, number, number];
  const answered = (text: string) =>
    phone.waitFor(
      () => phone.messages.find(({ from, ...said }) => from === 'business' && said.text === text),
      10_000,
    );
  /** Whatever the agent has said is done when the relay has looked for it, and then once more. */
  const relayed = async () => {
    const looks = agent.made('read').length;
    await agent.waitFor(() => agent.made('read').length >= looks + 2);
  };

  it('the agent reads and processes; the topic marks the message read; the answer comes after the delay', async () => {
    const { id, at, says, seen } = await say('Where is my order?');

    // The agent works. Typing would read the message on WhatsApp: while the topic has not decided, it does not show.
    says({ type: 'typing' });
    await relayed();
    assert.deepEqual([story(seen()), tick(id)], [['delivered'], 'delivered']);
    const { outcome, because, openReceipts } = await command('GetConversation');
    assert.deepEqual([outcome, openReceipts], ['held', 1]);
    assert.match(because, /manual/);

    const decidedAt = says(topicEvent('markRead'), topicEvent('showTyping'));
    await turnsTo(id, 'read');
    await phone.waitFor(() => phone.typing);

    const answeredAt = says(answer('It arrives tomorrow.'));
    await answered('It arrives tomorrow.');
    assert.deepEqual(story(seen()), ['delivered', 'blue', 'typing', 'typingEnd', 'business']);
    const [grey, blue, typing, typingEnd, said] = timesOf(seen());
    const times = [at, grey, decidedAt, blue, typing, answeredAt, typingEnd, said];
    assert.deepEqual(
      times,
      times.toSorted((one, other) => one - other),
    );
    assert.ok(said - answeredAt >= delayMs, `${said - answeredAt} ms`);
    assert.equal((await command('GetConversation')).outcome, 'sent');
  });

  it('the receipt is configurable: with the answer, in the same order and after the same delay', async () => {
    const set = await command('SetReceiptPolicy', { readWhen: 'replying' });
    assert.deepEqual([set.readWhen, set.replyDelayMs, set.canHold], ['replying', delayMs, true]);

    const { id, says, seen } = await say('And the invoice?');
    await relayed();
    assert.equal(tick(id), 'delivered');
    const answeredAt = says(answer('It is in the parcel.'));
    await answered('It is in the parcel.');
    assert.deepEqual(story(seen()), ['delivered', 'blue', 'typing', 'typingEnd', 'business']);
    const [, blue, , , said] = timesOf(seen());
    assert.ok(
      blue >= answeredAt && said - answeredAt >= delayMs,
      `${blue - answeredAt} ms, ${said - answeredAt} ms`,
    );
  });

  it('the receipt is configurable: at once, before the agent has said anything', async () => {
    const set = await command('SetReceiptPolicy', { readWhen: 'accepted' });
    assert.deepEqual([set.readWhen, set.canHold], ['accepted', false]);

    const { id } = phone.say('Thanks!');
    await turnsTo(id, 'read');
    await phone.waitFor(() => phone.typing);
    const [conversation, { id: asked }] = await agent.waitFor(() => heard('Thanks!'));
    agent.say(conversation, answer('You are welcome.'), asked);
    await answered('You are welcome.');
    assert.equal((await command('SetReceiptPolicy', { reset: true })).readWhen, 'manual');
  });

  it('escalation: the ticks stay grey until a person opens the conversation, and turn blue then', async () => {
    const handOff = readTopics().find(({ name }) => name === 'handOff') as Topic;
    const asked = await say(handOff.trigger);
    asked.says(...(activitiesOf(handOff) as Said[]));
    await answered('I am getting somebody for you.');
    await world.handedOver();
    const posted = agent.posted().length;

    const waiting = phone.say('Hello? Is anybody there?');
    await turnsTo(waiting.id, 'delivered');
    const held = await command('GetConversation');
    assert.deepEqual([held.holder, held.outcome, held.openReceipts], ['queue', 'held', 2]);
    assert.match(held.because, /agentOpened/);

    await command('ReportAgentEvent', { event: 'accepted', agent: 'Kim' });
    assert.deepEqual([tick(asked.id), tick(waiting.id)], ['delivered', 'delivered']);
    const openedAt = Date.now();
    await command('ReportAgentEvent', { event: 'opened', agent: 'Kim' });
    await Promise.all([asked, waiting].map(({ id }) => turnsTo(id, 'read')));
    for (const { what, at } of seenSince(asked.id)) assert.ok(what !== 'blue' || at >= openedAt);

    await command('ReportAgentEvent', { event: 'typing', agent: 'Kim' });
    await phone.waitFor(() => phone.typing);
    const { messageId } = await command('SendMessage', { text: 'I am Kim. How can I help?' });
    assert.equal((await answered('I am Kim. How can I help?')).id, messageId);
    assert.equal(agent.posted().length, posted, 'the Copilot Studio agent has heard nothing of it');
  });

  it('closed, the conversation is the agent’s again, and its topics decide', async () => {
    assert.equal((await command('ReportAgentEvent', { event: 'closed' })).holder, 'bot');
    const { id, says } = await say('One more thing');
    await relayed();
    assert.equal(tick(id), 'delivered');
    says(topicEvent('markRead'), answer('Yes?'));
    await turnsTo(id, 'read');
    await answered('Yes?');
    assert.equal(agent.conversations.size, 2);
  });
});
