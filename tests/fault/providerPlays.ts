import assert from 'node:assert/strict';
import { judge } from './judge.ts';
import type { Play } from './plays.ts';
import { lines } from './scenarios.ts';
import type { Stage } from './stage.ts';
import type { World } from './world.ts';

/** A webhook that took so long has waited for the provider, of which a call may take 10 s. */
const tooLongMs = 5000;

/** Everybody writes; resolves when each webhook has been answered 200 at its first delivery. */
async function everybodyWrites({ simulator }: World, stage: Stage): Promise<void> {
  const customers = [stage.newCustomer('plain'), stage.newCustomer('quiet'), stage.newCustomer('replying')];
  const began = Date.now();
  for (const customer of customers) customer.say(lines.hello);
  await simulator.idle();
  assert.ok(Date.now() - began < tooLongMs, 'a webhook waited for the provider');
  const answers = simulator.attempts.map(({ attempt, status }) => `${attempt}: ${status}`);
  assert.deepEqual(new Set(answers), new Set(['1: 200']));
}

/** The provider fails. */
export const providerPlays: readonly Play[] = [
  {
    what: 'the provider is half open: webhooks are taken, and what its statuses tell of is not sent again',
    async run(world, stage) {
      await world.link.set('halfOpen');
      await everybodyWrites(world, stage);
      await world.host.said(/Receipt not sent/, 3);
      await world.link.set('open');
      await stage.served();
      const violations = await judge(world, stage, { kills: 0, faults: 1 });
      // No call was answered; that each reply arrived is known by its statuses alone.
      for (const { messages } of world.simulator.phones)
        assert.equal(messages.filter(({ from }) => from === 'business').length, 1);
      return violations;
    },
  },
  {
    what: 'the provider is away: webhooks are taken, and every call is made once when it is back',
    async run(world, stage) {
      await world.link.set('gone');
      await everybodyWrites(world, stage);
      await world.host.said(/Receipt not sent/, 3);
      await world.host.said(/Message not sent/, 3);
      await world.link.set('open');
      await stage.served();
      return judge(world, stage);
    },
  },
  {
    what: 'the provider is slow: webhooks are taken, and every call is made once',
    async run(world, stage) {
      world.simulator.faults.calls({ times: 'all', how: { type: 'slow', ms: 2000 } });
      await everybodyWrites(world, stage);
      await stage.served();
      return judge(world, stage);
    },
  },
];
