import assert from 'node:assert/strict';
import { EventFactory, TurnContext } from 'botbuilder';
import { readHandoff } from '../../../middleware/turn/readHandoff.ts';
import type { ActivityLike } from '../../../middleware/turn/structuralTypes.ts';

const incoming = {
  type: 'message',
  id: '1',
  channelId: 'whatsapp',
  from: { id: 'anna', name: '' },
  recipient: { id: 'shop', name: '' },
  conversation: { id: 'c1' },
};
const said = (role: string | undefined, text: string, over: object = {}) => ({
  type: 'message',
  text,
  from: { id: role === 'user' ? 'anna' : 'shop', name: '', role },
  ...over,
});

/** What botbuilder makes of a hand-off. */
function initiation(value: unknown, activities: object[] = []): ActivityLike {
  const context = new TurnContext({} as never, incoming as never);
  const event = EventFactory.createHandoffInitiation(context, value, { activities } as never);
  return { ...event, recipient: { id: 'anna' } } as ActivityLike;
}

describe('what a bot hands over', () => {
  it('is the value of its event, and its transcript', () => {
    const at = '2026-11-22T10:00:00.000Z';
    const given = readHandoff(
      initiation({ topic: 'brakes', order: 17 }, [
        said('user', 'My brakes squeal', { timestamp: at }),
        said('bot', 'I am lost'),
        { type: 'typing' },
        { type: 'message', text: 'from nobody we know', from: { id: 'anna' } },
      ]),
    );
    assert.deepEqual(given, {
      reason: 'brakes',
      context: { topic: 'brakes', order: 17 },
      transcript: [
        { side: 'customer', type: 'text', text: 'My brakes squeal', at: Date.parse(at) },
        { side: 'business', type: 'text', text: 'I am lost', sender: 'bot' },
        { side: 'customer', type: 'text', text: 'from nobody we know' },
      ],
    });
  });

  it('is Copilot Studio’s variables, of which the message for the agent is the reason', () => {
    const value = {
      va_LastTopic: 'Escalate',
      va_AgentMessage: 'wants a refund',
      va_Language: 'en',
      order: 17,
    };
    const { reason, context } = readHandoff(initiation(value));
    assert.deepEqual([reason, context], ['wants a refund', value]);
  });

  it('is the context of Omnichannel’s Escalate, whose text is for the agent', () => {
    const tags = JSON.stringify({
      type: 'Escalate',
      context: { BotHandoffTopic: 'CreditCard', IDNumber: 101 },
    });
    const command = { type: 'message', text: 'The card was eaten', channelData: { tags } };
    assert.deepEqual(readHandoff(command), {
      reason: 'The card was eaten',
      context: { BotHandoffTopic: 'CreditCard', IDNumber: 101 },
      transcript: [],
    });
    assert.equal(readHandoff({ ...command, text: '' }).reason, 'CreditCard');
  });

  it('is a reason alone where the value is a text, and nothing where it is nothing', () => {
    assert.deepEqual(readHandoff(initiation('lost')), { reason: 'lost', context: {}, transcript: [] });
    for (const value of [undefined, null, [1, 2]])
      assert.deepEqual(readHandoff({ type: 'event', name: 'handoff.initiate', value }), {
        context: {},
        transcript: [],
      });
    const tags = JSON.stringify({ type: 'Escalate' });
    assert.deepEqual(readHandoff({ type: 'message', channelData: { tags } }).context, {});
  });
});
