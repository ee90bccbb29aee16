import assert from 'node:assert/strict';
import { answering, engineWorld, type World } from '../../support/engineWorld.ts';
import { failures } from '../../support/scriptedChannel.ts';

/** A bot that takes longer than it takes to know that a receipt cannot go out. */
const dialog = answering(200);

describe('a reply whose receipt is put off', () => {
  let world: World;
  beforeEach(async () => {
    world = await engineWorld({ dialog });
  });
  afterEach(() => world.close());

  /** How long after the customer wrote the answer went out, in milliseconds. */
  const answeredAfter = async (): Promise<number | undefined> => {
    const began = world.time.now();
    await world.say({ providerId: 'late', customer: 'other', key: 'late' });
    await world.time.pass(40_000);
    const answer = world.channel.calls.find(({ what, customer }) => what === 'send' && customer === 'other');
    return answer && answer.at - began;
  };

  it('does not wait while the provider asks receipts to wait', async () => {
    const until = world.time.now() + 30_000;
    world.channel.answer = ({ what, at }) =>
      what === 'read' && at < until ? { error: failures.slowDown(30_000) } : {};
    await world.say('first');
    await world.time.pass(2000);
    assert.equal(await answeredAfter(), 200);
    assert.deepEqual(await world.outcomes('other'), { late: 'sent' });
  });

  it('does not wait while receipts fail, nor where its own is the one that says so', async () => {
    world.channel.answer = ({ what }) => (what === 'read' ? { error: failures.overloaded } : {});
    for (let index = 0; index < 6; index += 1)
      await world.say({ providerId: `p${index}`, customer: `c${index}`, key: `p${index}` });
    const began = world.time.now();
    await world.time.pass(5000);
    const answers = world.channel.calls.filter(({ what }) => what === 'send').map(({ at }) => at - began);
    assert.equal(answers.length, 6);
    assert.ok(Math.max(...answers) <= 200 + 1500, String(answers));
    assert.equal(await answeredAfter(), 200);
  });

  it('waits with it while the credentials are refused: no call is made then', async () => {
    const until = world.time.now() + 60_000;
    world.channel.answer = ({ at }) => (at < until ? { error: failures.badToken } : {});
    await world.say('first');
    await world.time.pass(2000);
    assert.equal(await answeredAfter(), undefined);
    await world.time.pass(60_000);
    assert.deepEqual(await world.outcomes('other'), { late: 'sent' });
    assert.ok(world.channel.calls.some(({ what, customer }) => what === 'send' && customer === 'other'));
  });
});
