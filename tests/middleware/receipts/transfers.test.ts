import assert from 'node:assert/strict';
import type { HandoffNotes } from '../../../middleware/domain.ts';
import type { AgentEvent, AgentReport } from '../../../middleware/receipts/agentReports.ts';
import { handoffLimits } from '../../../middleware/receipts/handoffNotes.ts';
import { customer, engineWorld, type World, type WorldOptions } from '../../support/engineWorld.ts';
import { independent } from '../../support/scriptedChannel.ts';

describe('agents among themselves', () => {
  let world: World;
  let id: string;
  const begin = async (options: WorldOptions = {}, given?: HandoffNotes) => {
    world = await engineWorld(options);
    await world.say('w0');
    await world.time.pass(1000);
    id = String((await world.store.conversation({ channel: 'meta', business: 'b1', customer }))?.id);
    await world.engine.handOff(id, given);
    world.channel.calls.length = 0;
  };
  afterEach(() => world.close());

  const report = async (event: AgentEvent, by?: AgentReport) => {
    await world.engine.reportAgent(id, event, by);
    await world.time.settle();
    const state = await world.store.conversation(id);
    return [state?.holder, state?.agent, state?.assignedTo];
  };
  const story = () =>
    world.channel.calls.map(
      ({ what, messageId, typing, text }) => `${what} ${messageId ?? text}${typing ? ' typing' : ''}`,
    );

  it('remembers how the hand-off began, who accepted, and forgets all of it when it is over', async () => {
    await begin({}, { reason: 'asked for a person' });
    const at = Date.now();
    const state = async () => (await world.store.conversation(id))?.handoff;
    assert.deepEqual(await state(), { at, by: 'api', reason: 'asked for a person' });
    await world.time.pass(500);
    assert.deepEqual(await report('accepted', { agent: 'Anna' }), ['agent', 'Anna', undefined]);
    const acceptedAt = at + 500;
    assert.deepEqual(await state(), { at, by: 'api', reason: 'asked for a person', acceptedAt });
    assert.deepEqual(await report('closed'), ['bot', undefined, undefined]);
    assert.deepEqual([await state(), await world.store.handoffNotes(id)], [undefined, undefined]);
  });

  it('lets an agent take over from another, and a second one look without the customer seeing it', async () => {
    await begin();
    await world.say('w1');
    await report('accepted', { agent: 'Anna' });
    assert.deepEqual(await report('opened', { agent: 'Anna' }), ['agent', 'Anna', undefined]);
    assert.deepEqual(story(), ['read w1']);
    assert.deepEqual(await report('opened', { agent: 'Ben' }), ['agent', 'Anna', undefined]);
    assert.deepEqual(story(), ['read w1'], 'read means that at least one has read it');
    assert.deepEqual(await report('accepted', { agent: 'Ben' }), ['agent', 'Ben', undefined]);
    assert.deepEqual(await report('replied', { agent: 'Anna' }), ['agent', 'Anna', undefined]);
    assert.deepEqual(await report('replied'), ['agent', 'Anna', undefined], 'a status names nobody');
  });

  it('tells colleagues who has it, once for each change', async () => {
    await begin();
    const told: string[] = [];
    world.engine.onChange(change => {
      if (change.type === 'conversation.changed')
        told.push(`${change.state.holder} ${change.state.agent ?? '-'} ${change.state.assignedTo ?? '-'}`);
    });
    for (const event of ['accepted', 'accepted', 'opened', 'typing'] as const)
      await report(event, { agent: 'Anna' });
    await report('accepted', { agent: 'Ben' });
    await report('transferred', { agent: 'Ben', to: 'Cleo' });
    await report('transferred', { agent: 'Ben', to: 'Cleo' });
    await report('closed', { agent: 'Cleo' });
    assert.deepEqual(told, ['agent Anna -', 'agent Ben -', 'queue - Cleo', 'bot - -']);
  });

  it('transfers to another agent: what is unread waits for them, and the bot stays silent', async () => {
    await begin();
    await world.say('w1');
    await report('accepted', { agent: 'Anna' });
    assert.deepEqual(await report('transferred', { agent: 'Anna', to: 'Ben' }), ['queue', undefined, 'Ben']);
    await world.say('w2');
    assert.deepEqual(await world.outcomes(), { w0: 'sent', w1: 'held', w2: 'held' });
    assert.deepEqual(await report('opened', { agent: 'Ben' }), ['agent', 'Ben', undefined]);
    assert.deepEqual([story(), world.turns.map(({ messageId }) => messageId)], [['read w2'], turnsOf('w0')]);
  });

  it('leaves what an agent has read as read when it is transferred before the call goes out', async () => {
    await begin({ policies: { default: { read: { delay: { minMs: 5000 } } } } });
    await world.time.pass(10_000);
    await world.say('w1');
    await report('opened', { agent: 'Anna' });
    world.channel.calls.length = 0;
    await report('transferred');
    await world.time.pass(5000);
    assert.deepEqual(story(), ['read w1']);
  });

  it('takes a conversation from the bot when an agent transfers what the bot still has', async () => {
    world = await engineWorld();
    await world.say('w0');
    await world.time.pass(1000);
    id = String((await world.store.conversation({ channel: 'meta', business: 'b1', customer }))?.id);
    assert.deepEqual(await report('transferred', { to: 'Ben' }), ['queue', undefined, 'Ben']);
    assert.equal((await world.store.conversation(id))?.handoff?.by, 'agent');
  });

  it('shows an agent’s typing on a channel where it stands alone, whatever is unread', async () => {
    await begin({ capabilities: independent });
    await world.say('w1');
    await report('typing', { agent: 'Anna' });
    assert.deepEqual(story(), ['typing undefined typing']);
    assert.equal((await world.outcomes()).w1, 'held');
  });

  it('never counts a message as seen by agents because its receipt went out', async () => {
    await begin({ policies: { default: { handoff: { read: 'accepted' } } } });
    await world.say('w1');
    const unread = async () => (await world.store.conversationView(id))?.unread;
    assert.deepEqual([story(), await unread()], [['read w1'], 2]);
    await world.engine.takeBack(id);
    await world.say('w2');
    await world.time.pass(1000);
    assert.equal((await world.outcomes()).w2, 'sent');
    assert.equal(await unread(), 3);
    await report('opened', { agent: 'Anna' });
    assert.equal(await unread(), 0);
  });

  it('gives the agent what was spoken and what the bot has learned', async () => {
    await begin({}, { reason: ' lost ', context: { topic: 'brakes', order: 17 } });
    await world.say('w1');
    const brief = await world.engine.handoff(id);
    assert.equal(brief?.reason, 'lost');
    assert.deepEqual(brief?.context, { topic: 'brakes', order: 17 });
    assert.deepEqual(
      brief?.transcript.map(({ side, text, sender }) => [side, text, sender]),
      [
        ['customer', 'text of w0', undefined],
        ['business', 'answer to w0', 'bot'],
        ['customer', 'text of w1', undefined],
      ],
    );
    await report('closed');
    assert.equal(await world.engine.handoff(id), undefined);
  });

  it('uses the bot’s transcript where the store has less, and bounds everything that a bot gives', async () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const { lines, textLength, contextLength, reasonLength } = handoffLimits;
    const line = (index: number) => ({
      side: 'customer' as const,
      type: 'text',
      text: `${index}`.padEnd(9000),
    });
    await begin(
      {},
      {
        reason: 'r'.repeat(9000),
        context: { circle, huge: 'x'.repeat(contextLength), fits: 'y', none: undefined },
        transcript: Array.from({ length: 150 }, (_, index) => line(index)),
      },
    );
    const brief = await world.engine.handoff(id);
    assert.equal(brief?.reason?.length, reasonLength);
    assert.deepEqual(brief?.context, { fits: 'y' });
    assert.equal(brief?.transcript.length, lines);
    assert.deepEqual(
      [brief?.transcript[0]?.text?.trim(), brief?.transcript[0]?.text?.length],
      ['50', textLength],
    );
    const [warning] = world.log.lines.filter(({ level }) => level === 'warn');
    assert.deepEqual(warning?.fields, { conversation: id, leftOut: 3 });
  });
});

const turnsOf = (...ids: string[]) => ids;
