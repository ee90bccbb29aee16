import assert from 'node:assert/strict';
import { hookBody } from '../../../middleware/acknowledgements/hooks/hookBody.ts';
import type { LedgerEvent } from '../../../middleware/ledgerEvent.ts';
import { engineWorld, type World } from '../../support/engineWorld.ts';
import { failures } from '../../support/scriptedChannel.ts';

const hook = 'https://hooks.example.com/';

describe('a message that failed is told of by our word for it', () => {
  let world: World;
  let told: LedgerEvent[];
  beforeEach(async () => {
    world = await engineWorld({ hooks: [hook] });
    told = [];
    world.engine.onLedger(event => void told.push(event));
  });
  afterEach(() => world.close());

  /** What listeners were told of failures, and what the web hooks say of them. */
  async function words() {
    const { hooks } = await world.store.claimHooks(Date.now(), 100, 1000, []);
    const bodies = hooks.map(({ event }) => JSON.parse(hookBody(event)));
    const failed = bodies.filter(({ type }) => type === 'message.failed').map(({ data }) => data);
    const heard = told.filter(event => event.type === 'message.failed');
    assert.deepEqual(
      failed.map(({ code, is }) => [code, is]),
      heard.map(({ code, is }) => [code, is]),
    );
    return heard.map(({ code, is }) => [code, is]);
  }
  const status = (providerId: string, code: string) =>
    world.engine.admit(world.channel, {
      messages: [],
      rejected: [],
      acknowledgements: [
        {
          channel: 'meta',
          business: 'b1',
          providerId,
          status: 'failed',
          means: 'failed',
          at: Date.now(),
          failures: [{ code }],
        },
      ],
    });

  it('where a status tells so, a known code and an unknown one', async () => {
    await world.say('w1');
    await world.time.pass(1000);
    const outbound = await world.store.outbound('o1');
    for (const code of ['131026', '987654']) await status(String(outbound?.providerId), code);
    assert.deepEqual(await words(), [
      ['131026', 'recipient_unreachable'],
      ['987654', 'unknown'],
    ]);
  });

  it('where its call was refused', async () => {
    world.channel.answer = ({ what }) => (what === 'send' ? { error: failures.refused } : {});
    await world.say('w1');
    await world.time.pass(1000);
    assert.deepEqual(await words(), [['131009', 'message_refused']]);
  });

  it('where two calls had no answer, so that nobody knows whether the customer has it', async () => {
    world.channel.answer = ({ what }) => (what === 'send' ? { error: failures.timeout } : {});
    await world.say('w1');
    await world.time.pass(600_000);
    assert.deepEqual(await words(), [['timeout', 'unanswered']]);
    const entry = await world.store.ledgerEntry({ ref: 'o1' });
    assert.deepEqual(entry?.refusal, { code: 'timeout', is: 'unanswered' });
  });
});
