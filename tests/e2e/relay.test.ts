import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CallServer, decodeJson, serveCalls } from '../support/callServer.ts';
import { type HostProcess, startHostProcess } from '../support/hostProcess.ts';
import { type Program, startProgram } from '../support/program.ts';
import { type RelayWorld, relayWorld } from '../support/relayWorld.ts';

const server = join(import.meta.dirname, '..', 'support', 'directLineServer.ts');

const hours = 'We are open from Tuesday to Friday, 9 to 18, and on Saturday from 10 to 14.';
const farewell = 'You are welcome. Ride safely!';
const notice = 'I am getting somebody from the workshop for you.';

/**
 * `offline-directline` is no full Direct Line: it knows no tokens and refreshes none, and a post is answered when the bot's
 * turn is over. The bot behind it is the sample's, in a process of its own.
 */
describe('the relay, over offline-directline, with a real bot as the agent', function () {
  this.timeout(30_000);
  let folder: string;
  let agent: HostProcess | undefined;
  let directLine: Program | undefined;
  let tokens: CallServer<unknown> | undefined;
  let world: RelayWorld;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-relay-agent-'));
    agent = await startHostProcess({ BLUETICK_DATA: join(folder, 'data') });
    const ready = /^listening on (.+)$/;
    directLine = await startProgram([server, `${agent.url}/api/messages`], { ready, folder });
    tokens = await serveCalls(decodeJson, () => ({
      status: 200,
      body: { token: 'unused', expires_in: 3600 },
    }));
    world = await relayWorld({
      tokenUrl: `${tokens.origin}/token`,
      directLineUrl: `${directLine.said[0]}/directline`,
    });
    await world.start({ quietMs: 200 });
  });
  after(async () => {
    await world.close();
    await tokens?.close();
    await directLine?.end();
    assert.equal(await agent?.end('SIGTERM'), 0);
    await rm(folder, { recursive: true });
  });

  it('brings a customer blue ticks, typing, the bot’s answers and its buttons, across a restart', async () => {
    const phone = world.newPhone();
    phone.say('When are you open?');
    assert.deepEqual(await world.answers(phone, 1), [hours]);
    const story = phone.timeline.map(({ what }) => what);
    assert.deepEqual(
      story.filter(what => ['blue', 'typing', 'business'].includes(what)),
      ['blue', 'typing', 'business'],
    );
    phone.say('I would like to book a repair');
    await world.answers(phone, 2);
    phone.press('Service');
    assert.equal((await world.answers(phone, 3)).at(-1), 'On which day will you bring it?');
    await world.stop();
    await world.start({ quietMs: 200 });
    phone.press('Thursday');
    assert.equal((await world.answers(phone, 4)).at(-1), 'What is your name?');
  });

  it('keeps customers apart', async () => {
    const [anna, ben] = [world.newPhone(), world.newPhone()];
    anna.say('Thanks!');
    ben.say('When are you open?');
    assert.deepEqual(await world.answers(anna, 1), [farewell]);
    assert.deepEqual(await world.answers(ben, 1), [hours]);
  });

  it('hands over where the agent does, and is the agent’s again afterwards', async () => {
    const phone = world.newPhone();
    phone.say('Can I talk to a person?');
    assert.deepEqual(await world.answers(phone, 1), [notice]);
    const conversation = await world.handedOver();
    await world.api('POST', `/conversations/${conversation}/agent-events`, { event: 'opened' });
    await world.api('POST', `/conversations/${conversation}/agent-events`, { event: 'closed' });
    phone.say('Thanks!');
    assert.deepEqual(await world.answers(phone, 2), [notice, farewell]);
  });
});
