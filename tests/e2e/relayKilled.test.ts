import assert from 'node:assert/strict';
import { type DirectLineStandIn, startDirectLineStandIn } from '../support/directLineStandIn.ts';
import type { HostProcess } from '../support/hostProcess.ts';
import { type RelayWorld, relayWorld } from '../support/relayWorld.ts';

describe('the relay, whose process is killed', function () {
  this.timeout(30_000);
  let agent: DirectLineStandIn;
  let world: RelayWorld;
  let host: HostProcess;

  beforeEach(async () => {
    agent = await startDirectLineStandIn();
    world = await relayWorld(agent);
    host = await world.startProcess();
  });
  afterEach(async () => {
    await world.close();
    await agent.close();
  });

  it('goes on in the same conversation, and neither posts nor says anything twice', async () => {
    const phone = world.newPhone();
    agent.agent = () => ['one'];
    phone.say('count');
    assert.deepEqual(await world.answers(phone, 1), ['one']);
    // The turn waits for more: neither its end nor its place in the conversation is written.
    const looks = agent.made('read').length;
    await agent.waitFor(() => agent.made('read').length > looks);
    await host.end('SIGKILL');
    const [conversation = ''] = [...agent.conversations.keys()];
    agent.say(conversation, 'two', agent.posted()[0]?.id);
    host = await world.startProcess();
    assert.deepEqual(await world.answers(phone, 2), ['one', 'two']);
    agent.agent = ({ text }) => [`You said: ${text}`];
    phone.say('thanks');
    assert.deepEqual(await world.answers(phone, 3), ['one', 'two', 'You said: thanks']);
    assert.deepEqual(
      agent.posted().map(({ text, channelData }) => [text, channelData?.possiblyDoubled]),
      [
        ['count', undefined],
        ['thanks', undefined],
      ],
    );
    assert.equal(agent.conversations.size, 1);
  });
});
