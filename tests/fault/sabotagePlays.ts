import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { judge } from './judge.ts';
import type { Play } from './plays.ts';
import { held, lines } from './scenarios.ts';
import type { World } from './world.ts';

/** Kills the host, changes what it left, and starts the next one. */
async function tamper(world: World, sql: string): Promise<void> {
  await world.stop('SIGKILL');
  const db = new DatabaseSync(world.file);
  db.exec(sql);
  db.close();
  await world.start();
}

/** Faults that are put in on purpose: a checker that lets one of them pass is worth nothing. */
export const sabotagePlays: readonly Play[] = [
  {
    what: 'the store says that it kept what it did not: the checker misses the message',
    finds: ['lost'],
    async run(world, stage) {
      await world.host.order({ store: 'lying' });
      stage.newCustomer('plain').say(lines.hello);
      await world.simulator.idle();
      assert.equal(world.simulator.attempts[0]?.status, 200);
      await world.host.order({ store: 'honest' });
      return judge(world, stage);
    },
  },
  {
    what: 'a restart releases what is held: the checker sees it',
    finds: ['released'],
    async run(world, stage) {
      stage.newCustomer('manual').say(held(lines.hello));
      await stage.served();
      await tamper(
        world,
        `UPDATE inbound SET receipt = 'scheduled', until = NULL, due_at = 0;
         INSERT OR REPLACE INTO lane SELECT 'receipt', conversation, 0, 0 FROM inbound;`,
      );
      await world.simulator.waitForCalls(1, 20_000, 'read');
      await stage.settled();
      return judge(world, stage, { kills: 1, faults: 0 });
    },
  },
  {
    what: 'a restart runs a turn again and has forgotten its reply: the checker sees it',
    finds: ['repeated', 'record', 'forgotten'],
    async run(world, stage) {
      const customer = stage.newCustomer('plain');
      customer.say(lines.hello);
      await stage.served();
      await tamper(
        world,
        `UPDATE inbound SET turn = 'pending', turn_due = 0; DELETE FROM outbound;
         INSERT OR REPLACE INTO lane SELECT 'turn', conversation, 0, 0 FROM inbound;`,
      );
      await customer.phone.waitFor(({ messages }) => messages.length === 3, 20_000);
      await stage.settled();
      return judge(world, stage, { kills: 1, faults: 0 });
    },
  },
];
