import assert from 'node:assert/strict';
import { judge } from './judge.ts';
import type { Place } from './place.ts';
import type { Play } from './plays.ts';
import { lines } from './scenarios.ts';
import { canLimitFiles, limitFiles, SmallDisk } from './smallDisk.ts';
import type { Stage } from './stage.ts';

/** Customers write, one after the other, until a webhook is refused with 503. */
export async function sayUntilRefused({ simulator }: Place, stage: Stage): Promise<void> {
  const before = simulator.attempts.length;
  const refused = () => simulator.attempts.slice(before).some(({ status }) => status === 503);
  while (!refused()) {
    const customer = stage.newCustomer('plain');
    customer.say(lines.hello);
    const isTaken = () => customer.phone.messages.some(({ tick }) => tick !== 'sent');
    await simulator.waitFor(() => refused() || isTaken(), 20_000);
  }
}

let disk: SmallDisk | undefined;

/** The store fails. */
export const storePlays: readonly Play[] = [
  {
    what: 'the store cannot be written after the first call: the turn goes on once it can',
    async run(world, stage) {
      const called = Promise.withResolvers<void>();
      world.simulator.events.once('call', () => called.resolve());
      stage.newCustomer('plain').say(lines.hello);
      await called.promise;
      await world.host.order({ store: 'readOnly' });
      await world.host.said(/The store cannot be written|is not recorded yet|Work failed/);
      await world.host.order({ store: 'honest' });
      await stage.served();
      return judge(world, stage);
    },
  },
  {
    what: 'the store cannot be written: webhooks are answered 503, and nothing is lost once it can',
    async run(world, stage) {
      await world.host.order({ store: 'readOnly' });
      await sayUntilRefused(world, stage);
      assert.equal(await world.ready(), 503);
      await world.host.order({ store: 'honest' });
      await stage.served();
      return judge(world, stage);
    },
  },
  {
    what: 'the disk is full: webhooks are answered 503, and nothing is lost once there is room',
    async options() {
      disk = await SmallDisk.mount();
      return disk && { data: disk.folder };
    },
    async run(world, stage) {
      await disk?.fill();
      await sayUntilRefused(world, stage);
      await disk?.free();
      await stage.served();
      return judge(world, stage);
    },
    cleanUp: async () => disk?.unmount(),
  },
  {
    what: 'no file may grow: webhooks are answered 503, and nothing is lost once they may',
    options: async () => ((await canLimitFiles()) ? {} : undefined),
    async run(world, stage) {
      const { pid } = world.host;
      await limitFiles(pid, world.file);
      await sayUntilRefused(world, stage);
      await limitFiles(pid, undefined);
      await stage.served();
      return judge(world, stage);
    },
  },
];
