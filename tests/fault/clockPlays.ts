import assert from 'node:assert/strict';
import { judge } from './judge.ts';
import type { Play } from './plays.ts';
import { lines } from './scenarios.ts';

const threeHours = 3 * 3_600_000;

/** The host's clock jumps. */
export const clockPlays: readonly Play[] = [
  {
    what: 'the clock jumps forward and back again: what is owed is served, and what comes later',
    async run(world, stage) {
      const [before, later] = [stage.newCustomer('delayed'), stage.newCustomer('delayed')];
      before.say(lines.hello);
      await world.simulator.idle();
      await world.host.order({ clock: threeHours });
      later.say(lines.prices);
      await stage.served();
      await world.host.order({ clock: 0 });
      for (const customer of [before, later]) customer.say(lines.thanks);
      await stage.served();
      return judge(world, stage);
    },
  },
  {
    what: 'the clock jumps back: what comes is served, what was scheduled before keeps its time',
    async run(world, stage) {
      const [before, later] = [stage.newCustomer('delayed'), stage.newCustomer('delayed')];
      before.say(lines.hello);
      await world.simulator.idle();
      await world.host.order({ clock: -threeHours });
      later.say(lines.prices);
      await later.answered();
      assert.equal(before.phone.messages.length, 1);
      await world.host.order({ clock: 0 });
      // Whatever comes makes somebody look; else it would be seen within a minute.
      later.say(lines.thanks);
      await stage.served();
      return judge(world, stage);
    },
  },
  {
    what: 'the clock jumps back while the provider is away: what comes is served when it is there again',
    async run(world, stage) {
      const customers = Array.from({ length: 5 }, () => stage.newCustomer('plain'));
      const later = stage.newCustomer('plain');
      await world.link.set('gone');
      for (const customer of customers) customer.say(lines.hello);
      await world.host.said(/The provider fails; calls wait/, 1);
      await world.host.order({ clock: -threeHours });
      await world.link.set('open');
      later.say(lines.prices);
      await later.answered();
      await world.host.order({ clock: 0 });
      // Whatever comes makes somebody look; else it would be seen within a minute.
      later.say(lines.thanks);
      await stage.served();
      return judge(world, stage);
    },
  },
];
