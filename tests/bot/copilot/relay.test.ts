import assert from 'node:assert/strict';
import type { Host } from '../../../bot/host.ts';
import type { Phone } from '../../../bot/simulator/phone.ts';
import { startConnector } from '../../support/connector.ts';
import {
  type DirectLineStandIn,
  type Said,
  startDirectLineStandIn,
} from '../../support/directLineStandIn.ts';
import { type RelayWorld, relayWorld } from '../../support/relayWorld.ts';

describe('the relay, in front of a stand-in for Direct Line', function () {
  this.timeout(20_000);
  let agent: DirectLineStandIn;
  let world: RelayWorld;
  let host: Host;
  let phone: Phone;

  beforeEach(async () => {
    agent = await startDirectLineStandIn();
    world = await relayWorld(agent);
    host = await world.start();
    phone = world.newPhone();
  });
  afterEach(async () => {
    await world.close();
    await agent.close();
  });

  const story = () =>
    phone.timeline
      .map(({ what }) => what)
      .filter(what => !['customer', 'delivered', 'opened', 'sent'].includes(what));
  const texts = () => agent.posted().map(({ text }) => text);

  /** The agent does something once it has been asked so many times more what it says. */
  const afterReads = (count: number, act: () => void) => {
    const reads = agent.made('read').length + count;
    void agent.waitFor(() => agent.made('read').length >= reads).then(act);
  };

  it('brings the agent’s answer, with blue ticks and typing before it', async () => {
    phone.say('Are you open?');
    assert.deepEqual(await world.answers(phone, 1), ['You said: Are you open?']);
    assert.deepEqual(story(), ['blue', 'typing', 'typingEnd', 'business']);
    const [posted, ...more] = agent.posted();
    assert.deepEqual(more, []);
    assert.match(String(posted?.from.id), /^bluetick-[0-9a-f-]{36}$/);
    assert.match(String(posted?.channelData?.clientActivityID), /^[0-9a-f-]{36}$/);
    assert.deepEqual(Object.keys(posted?.channelData ?? {}), ['clientActivityID']);
  });

  it('brings all that the agent says, in order, also what comes after a while', async () => {
    agent.agent = ({ id }, conversation) => {
      afterReads(1, () => agent.say(conversation, { type: 'typing' }, id));
      afterReads(3, () => agent.say(conversation, 'two', id));
      return ['one'];
    };
    phone.say('count');
    assert.deepEqual(await world.answers(phone, 2), ['one', 'two']);
    phone.say('count on');
    assert.deepEqual(await world.answers(phone, 4), ['one', 'two', 'one', 'two']);
    assert.equal(agent.conversations.size, 1);
    assert.equal(agent.made('token').length, 1);
  });

  it('tells the agent’s Markdown in WhatsApp’s marks', async () => {
    agent.agent = () => ['We are **open**: [the hours](https://example.com/hours)'];
    phone.say('Are you open?');
    assert.deepEqual(await world.answers(phone, 1), ['We are *open*: the hours: https://example.com/hours']);
  });

  it('shows the agent’s typing', async () => {
    agent.agent = ({ id }, conversation) => {
      afterReads(12, () => agent.say(conversation, 'second', id));
      return ['first', { type: 'typing' }];
    };
    phone.say('hello');
    await world.answers(phone, 2);
    assert.deepEqual(story(), ['blue', 'typing', 'typingEnd', 'business', 'typing', 'typingEnd', 'business']);
  });

  it('turns suggested actions into buttons, and a press into what the button says', async () => {
    const action = (title: string, value: string) => ({ type: 'imBack', title, value });
    agent.agent = ({ text }) =>
      text === 'menu'
        ? [
            {
              type: 'message',
              text: 'What is it?',
              inputHint: 'expectingInput',
              suggestedActions: {
                actions: [action('Repair', 'I need a repair'), action('Prices', 'Prices')],
              },
            },
          ]
        : [`You said: ${text}`];
    phone.say('menu');
    await world.answers(phone, 1);
    assert.match(JSON.stringify(phone.messages.at(-1)?.body), /"interactive":\{"type":"button"/);
    phone.press('Repair');
    assert.equal((await world.answers(phone, 2)).at(-1), 'You said: I need a repair');
  });

  const card = {
    contentType: 'application/vnd.microsoft.card.adaptive',
    content: {
      type: 'AdaptiveCard',
      version: '1.5',
      body: [{ type: 'TextBlock', text: 'Bicycle 17 is ready' }],
      actions: [{ type: 'Action.Submit', title: 'Fetch it', data: { fetch: 17 } }],
    },
  };

  it('tells cards, and what WhatsApp cannot show by its text, without failing the turn', async () => {
    agent.agent = () => [
      { type: 'message', text: 'A strange card', attachments: [{ contentType: 'application/x-strange' }] },
      { type: 'message', attachments: [card] },
    ];
    phone.say('status');
    assert.equal((await world.answers(phone, 2))[0], 'A strange card');
    assert.match(JSON.stringify(phone.messages.at(-1)?.body), /Bicycle 17 is ready/);
    phone.press('Fetch it');
    await world.answers(phone, 4);
    assert.deepEqual(agent.posted()[1]?.value, { fetch: 17 });
  });

  it('keeps customers apart', async () => {
    const other = world.newPhone();
    phone.say('I am Anna');
    other.say('I am Ben');
    assert.deepEqual(await world.answers(phone, 1), ['You said: I am Anna']);
    assert.deepEqual(await world.answers(other, 1), ['You said: I am Ben']);
    assert.equal(agent.conversations.size, 2);
    assert.equal(new Set(agent.posted().map(({ from }) => from.id)).size, 2);
  });

  it('brings what came too late for its turn with the next message, before its answer', async () => {
    await world.stop();
    await world.start({ limitMs: 100 });
    agent.agent = ({ text }) => (text === 'slow' ? [] : [`You said: ${text}`]);
    phone.say('slow');
    await world.logged(/took too long/);
    const [[id = '', [posted]] = ['', []]] = [...agent.conversations] as [
      string,
      readonly { id: string }[],
    ][];
    agent.say(id, 'At last', posted?.id);
    phone.say('and now?');
    assert.deepEqual(await world.answers(phone, 2), ['At last', 'You said: and now?']);
  });

  it('lets no topic that was too late for its message decide about the next one', async () => {
    await world.close();
    world = await relayWorld(agent, { read: { when: 'manual' } });
    await world.start({ limitMs: 100 });
    phone = world.newPhone();
    const event = (name: string, value: object) => ({ type: 'event', name: `bluetick.${name}`, value });
    agent.agent = ({ text }) => (text === 'slow' ? [] : [`You said: ${text}`]);
    const slow = phone.say('slow');
    await world.logged(/took too long/);
    const [id = ''] = agent.conversations.keys();
    for (const said of [
      event('setPolicy', { replyDelayMs: 1, scope: 'conversation' }),
      event('markRead', { includeHeld: true }),
      'At last',
    ])
      agent.say(id, said, agent.posted()[0]?.id);
    phone.say('and now?');
    assert.deepEqual(await world.answers(phone, 2), ['At last', 'You said: and now?']);
    await world.logged(/An event of a topic came too late/);
    assert.ok(!story().includes('blue'));
    const asked = { messageId: slow.id, channel: 'meta' };
    assert.equal((await world.api('POST', '/commands/GetMessageStatus', asked)).outcome, 'held');
    const { items } = await world.api('GET', '/conversations');
    const { document } = await world.api('GET', `/policies/conversation/${items[0].id}`);
    assert.deepEqual(document, { reply: { delay: { minMs: 1 } } });
  });

  it('begins a new conversation after the agent has ended one', async () => {
    agent.agent = () => ['Good-bye', { type: 'endOfConversation', code: 'completedSuccessfully' }];
    phone.say('bye');
    assert.deepEqual(await world.answers(phone, 1), ['Good-bye']);
    agent.agent = ({ text }) => [`You said: ${text}`];
    phone.say('hello again');
    assert.deepEqual(await world.answers(phone, 2), ['Good-bye', 'You said: hello again']);
    assert.equal(agent.conversations.size, 2);
  });

  /** The agent says something of its own accord, when nobody looks any more. */
  const sayUnasked = async (said: Said) => {
    agent.agent = () => [{ type: 'message', text: 'What is it?', inputHint: 'expectingInput' }];
    phone.say('hello');
    await world.answers(phone, 1);
    const [id = ''] = agent.conversations.keys();
    agent.say(id, said);
  };
  const end = { type: 'endOfConversation', code: 'userTimedOut' };
  /** The agent takes its time, longer than it may be silent within an answer. */
  const answerLate: DirectLineStandIn['agent'] = ({ id, text }, conversation) => {
    afterReads(12, () => agent.say(conversation, `You said: ${text}`, id));
    return [];
  };

  it('waits for the answer behind what the agent had said before, without being asked', async () => {
    await sayUnasked('Are you still there?');
    agent.agent = answerLate;
    phone.say('yes');
    assert.deepEqual((await world.answers(phone, 3)).slice(1), ['Are you still there?', 'You said: yes']);
  });

  it('waits for the answer of an agent that had ended the conversation before, without being asked', async () => {
    await sayUnasked(end);
    agent.agent = answerLate;
    phone.say('hello again');
    assert.equal((await world.answers(phone, 2)).at(-1), 'You said: hello again');
    assert.deepEqual([agent.conversations.size, texts()], [1, ['hello', 'hello again']]);
  });

  it('begins a new conversation where an ended one has brought no answer', async () => {
    await world.stop();
    await world.start({ limitMs: 200 });
    await sayUnasked(end);
    agent.agent = () => [];
    phone.say('hello?');
    await world.logged(/took too long/);
    agent.agent = ({ text }) => [`You said: ${text}`];
    phone.say('hello again');
    assert.equal((await world.answers(phone, 2)).at(-1), 'You said: hello again');
    assert.equal(agent.conversations.size, 2);
  });

  it('hands over with Copilot Studio’s context, and begins anew when the customer is back', async () => {
    agent.agent = () => [
      'One moment.',
      {
        type: 'event',
        name: 'handoff.initiate',
        value: { va_LastTopic: 'Refund', va_AgentMessage: 'wants the money back', va_Language: 'en-us' },
        attachments: [{ contentType: 'application/json', name: 'Transcript', content: { activities: [] } }],
      },
    ];
    phone.say('I want a person');
    assert.deepEqual(await world.answers(phone, 1), ['One moment.']);
    const conversation = await world.handedOver();
    const brief = await world.api('GET', `/conversations/${conversation}/handoff`);
    assert.equal(brief.reason, 'wants the money back');
    assert.equal(brief.context.va_LastTopic, 'Refund');
    phone.say('Is somebody there?');
    agent.agent = ({ text }) => [`You said: ${text}`];
    await world.api('POST', `/conversations/${conversation}/agent-events`, { event: 'accepted' });
    await world.api('POST', `/conversations/${conversation}/agent-events`, { event: 'closed' });
    phone.say('Thanks!');
    assert.deepEqual(await world.answers(phone, 2), ['One moment.', 'You said: Thanks!']);
    assert.deepEqual(texts(), ['I want a person', 'Thanks!']);
    assert.equal(agent.conversations.size, 2);
  });

  it('obeys what the agent’s topics decide about the receipt, and tells the customer nothing of it', async () => {
    await world.close();
    world = await relayWorld(agent, { read: { when: 'manual' } });
    await world.start();
    phone = world.newPhone();
    agent.agent = ({ text }) =>
      text === 'secretly' ? ['Noted.'] : ['Read.', { type: 'event', name: 'bluetick.markRead', value: {} }];
    const other = world.newPhone();
    other.say('secretly');
    phone.say('openly');
    assert.deepEqual(await world.answers(other, 1), ['Noted.']);
    assert.deepEqual(await world.answers(phone, 1), ['Read.']);
    await world.simulator.waitFor(() => story().includes('blue'));
    assert.ok(!other.timeline.some(({ what }) => what === 'blue'));
  });

  it('answers on /api/messages too', async () => {
    const connector = await startConnector();
    try {
      const message = {
        type: 'message',
        id: 'a1',
        text: 'Are you open?',
        channelId: 'webchat',
        serviceUrl: connector.url,
        conversation: { id: 'conversation-of-the-page' },
        from: { id: 'anna' },
        recipient: { id: 'bot' },
      };
      const answer = await fetch(`${host.url}/api/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(message),
      });
      assert.equal(answer.status, 200);
      const [said] = await connector.waitFor(1, 'message');
      assert.equal(said?.activity.text, 'You said: Are you open?');
      assert.equal(said?.activity.replyToId, 'a1');
    } finally {
      await connector.close();
    }
  });
});
