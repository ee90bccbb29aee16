import assert from 'node:assert/strict';
import { customer, type Dialog, engineWorld, type World } from '../../support/engineWorld.ts';

describe('what a turn has done about who holds the conversation', () => {
  let world: World;
  afterEach(() => world.close());

  /** A turn whose first run does all of this, and then dies before its end; meanwhile something else happens. */
  const runTwice = async (acts: Dialog, meanwhile: (id: string) => Promise<unknown>) => {
    let runs = 0;
    world = await engineWorld({
      async dialog(turn) {
        await acts(turn);
        runs += 1;
        if (runs > 1) return;
        await meanwhile(turn.conversation.id);
        throw new Error('it dies here');
      },
    });
    await world.say('w1');
    await world.time.pass(5000);
    assert.equal(runs, 2);
    return (await world.store.conversation({ channel: 'meta', business: 'b1', customer }))?.holder;
  };
  const closed = (id: string) => world.engine.reportAgent(id, 'closed', { agent: 'Anna' });

  it('is not done again where it runs again: agents have closed what was handed to them', async () => {
    assert.equal(await runTwice(turn => turn.handOff({ reason: 'a person' }), closed), 'bot');
  });

  it('is done again act by act: what the first run has not done, the second does', async () => {
    let runs = 0;
    const acts: Dialog = async turn => {
      runs += 1;
      await turn.handOff();
      if (runs === 2) {
        await turn.takeBack();
        await turn.handOff();
      }
    };
    assert.equal(await runTwice(acts, closed), 'queue');
  });

  it('is done again by the turn of another message', async () => {
    assert.equal(await runTwice(turn => turn.handOff(), closed), 'bot');
    await world.say('w2');
    await world.time.pass(1000);
    assert.equal(
      (await world.store.conversation({ channel: 'meta', business: 'b1', customer }))?.holder,
      'queue',
    );
  });
});
