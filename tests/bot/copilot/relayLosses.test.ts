import assert from 'node:assert/strict';
import type { Phone } from '../../../bot/simulator/phone.ts';
import { type DirectLineStandIn, startDirectLineStandIn } from '../../support/directLineStandIn.ts';
import { type RelayWorld, relayWorld } from '../../support/relayWorld.ts';

describe('the relay, where something goes wrong', function () {
  this.timeout(20_000);
  let agent: DirectLineStandIn;
  let world: RelayWorld;
  let phone: Phone;

  beforeEach(async () => {
    agent = await startDirectLineStandIn();
    world = await relayWorld(agent);
    await world.start();
    phone = world.newPhone();
  });
  afterEach(async () => {
    await world.close();
    await agent.close();
  });

  const texts = () => agent.posted().map(({ text }) => text);
  const restart = async () => {
    await world.stop();
    await world.start();
  };

  it('refreshes the token in the second half of its life, and goes on in the conversation', async () => {
    agent.expiresIn = 4;
    phone.say('one');
    await world.answers(phone, 1);
    agent.agent = ({ id }, conversation) => {
      // The relay looks again and again meanwhile, until the token is old enough.
      void agent
        .waitFor(() => agent.made('refresh').length > 0)
        .then(() => agent.say(conversation, 'patience pays', id));
      return [];
    };
    phone.say('two');
    await world.answers(phone, 2);
    assert.equal(agent.conversations.size, 1);
    const used = agent.made('read').map(({ headers }) => headers.authorization);
    assert.ok(new Set(used).size >= 2);
  });

  it('begins a new conversation where the token has ended or the conversation is gone', async () => {
    phone.say('one');
    await world.answers(phone, 1);
    agent.expire();
    phone.say('two');
    assert.deepEqual(await world.answers(phone, 2), ['You said: one', 'You said: two']);
    assert.equal(agent.conversations.size, 2);
    assert.deepEqual(texts(), ['one', 'two']);
    const users = agent.posted().map(({ from }) => from.id);
    assert.equal(users[0], users[1]);
    assert.ok(agent.posted().every(({ channelData }) => channelData?.possiblyDoubled === undefined));
  });

  it('loses nothing while the token endpoint is down: the turn runs again', async () => {
    agent.fail('token', { status: 503, body: 'away' });
    phone.say('hello');
    assert.deepEqual(await world.answers(phone, 1), ['You said: hello']);
    assert.deepEqual(texts(), ['hello']);
  });

  it('gives a message up that the agent’s end refuses for good, keeps it, and goes on with the next', async () => {
    agent.fail('post', { status: 400, body: { error: { code: 'BadArgument', message: 'No.' } } });
    phone.say('one');
    await world.logged(/BadArgument.*The turn failed/);
    phone.say('two');
    assert.deepEqual(await world.answers(phone, 1), ['You said: two']);
    assert.deepEqual(texts(), ['two']);
    const { items } = await world.api('GET', '/dead-letters');
    assert.equal(items.length, 1);
  });

  it('reads again where an answer to a look is lost', async () => {
    agent.fail('read', 'drop');
    agent.fail('read', 'half');
    agent.fail('read', { status: 502, body: {} });
    agent.fail('read', { status: 429, headers: { 'retry-after': '0' }, body: {} });
    phone.say('hello');
    assert.deepEqual(await world.answers(phone, 1), ['You said: hello']);
    assert.deepEqual(texts(), ['hello']);
  });

  it('finds a message again whose posting was not answered, and posts it once', async () => {
    agent.fail('post', 'drop', { acts: true });
    phone.say('hello');
    assert.deepEqual(await world.answers(phone, 1), ['You said: hello']);
    assert.deepEqual(texts(), ['hello']);
  });

  it('posts it once more, marked, where it is not there', async () => {
    agent.fail('post', 'drop');
    phone.say('hello');
    assert.deepEqual(await world.answers(phone, 1), ['You said: hello']);
    const [posted, ...more] = agent.posted();
    assert.deepEqual(more, []);
    assert.equal(posted?.channelData?.possiblyDoubled, true);
    assert.equal(agent.made('post').length, 2);
  });

  it('goes on in the same conversation after a restart', async () => {
    phone.say('one');
    await world.answers(phone, 1);
    await restart();
    phone.say('two');
    assert.deepEqual(await world.answers(phone, 2), ['You said: one', 'You said: two']);
    assert.equal(agent.conversations.size, 1);
    assert.deepEqual(texts(), ['one', 'two']);
  });

  it('neither posts nor says anything twice where a stop cuts its turn off', async () => {
    agent.agent = () => ['one'];
    await world.stop();
    await world.start({ quietMs: 5000 });
    phone.say('count');
    await world.answers(phone, 1);
    // The turn waits for more.
    await restart();
    const [id = ''] = [...agent.conversations.keys()];
    agent.say(id, 'two', agent.posted()[0]?.id);
    assert.deepEqual(await world.answers(phone, 2), ['one', 'two']);
    assert.deepEqual(texts(), ['count']);
    assert.ok(agent.posted().every(({ channelData }) => channelData?.possiblyDoubled === undefined));
  });

  it('hands over once where a stop cuts the turn off behind it', async () => {
    agent.agent = () => ['One moment.', { type: 'event', name: 'handoff.initiate', value: {} }];
    await world.stop();
    await world.start({ quietMs: 5000 });
    phone.say('a person, please');
    const conversation = await world.handedOver();
    await restart();
    agent.agent = ({ text }) => [`You said: ${text}`];
    await world.api('POST', `/conversations/${conversation}/agent-events`, { event: 'closed' });
    phone.say('thanks');
    assert.deepEqual(await world.answers(phone, 2), ['One moment.', 'You said: thanks']);
    assert.equal(agent.conversations.size, 2);
  });

  it('tells the agent no number and the log no number, no text and no token', async () => {
    agent.fail('post', {
      status: 502,
      body: { error: { code: 'BotRejectedActivity', message: 'a secret' } },
    });
    phone.say('my bank account');
    await world.answers(phone, 1);
    await world.stop();
    const everything = JSON.stringify(agent.calls.map(({ path, body }) => [path, body]));
    assert.ok(!everything.includes(phone.customer));
    assert.match(world.log, /The turn failed/);
    for (const secret of [
      phone.customer,
      'bank account',
      'a secret',
      'the-token-of-a-test',
      'clientActivity',
    ])
      assert.ok(!world.log.includes(secret), secret);
  });
});
