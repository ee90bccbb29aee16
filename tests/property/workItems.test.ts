import assert from 'node:assert/strict';
import fc from 'fast-check';
import { WorkItems } from '../../middleware/dynamics/workItems.ts';
import { engineWorld, type World } from '../support/engineWorld.ts';

/** The seed of every run: a failure prints the path that leads back to it. */
const seed = 20_261_124;
const runs = 500;

/** The work items of one customer, one after the other: accepted at times, over at the end of each. */
const history = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.boolean()), { minLength: 1, maxLength: 3 })
  .map(items => {
    let at = 0;
    return items.flatMap(([accepted, isOver], index) => {
      const events = Array.from({ length: accepted }, () => 'accepted' as const);
      // Only the last one may be open still: a customer has one at a time.
      const all = isOver || index < items.length - 1 ? [...events, 'closed' as const] : events;
      return all.map(event => {
        at += 1;
        return { number: index, event, at };
      });
    });
  });

/** What comes of it: any order, and some of it more than once. */
const deliveries = history.chain(events =>
  fc.shuffledSubarray([...events, ...events], { minLength: 0 }).map(some => ({ events, delivered: some })),
);

describe(`what Dynamics tells in any order (seed ${seed})`, function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await engineWorld({ gateway: false, sidecar: true });
  });
  after(() => world.close());

  it('leaves the conversation with whom the newest of it says, once all has come', async () => {
    let customers = 0;
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ events, delivered }) => {
        customers += 1;
        const customer = `49155510${String(customers).padStart(5, '0')}`;
        const of = { channel: 'meta', business: 'b1', customer } as const;
        await world.say({ providerId: `w${customers}`, customer });
        const workItems = new WorkItems({
          store: world.store,
          engine: world.engine,
          channels: [world.channel],
        });
        const guid = (number: number) =>
          `cccccccc-0000-4000-8000-${String(customers * 10 + number).padStart(12, '0')}`;
        const tell = async ({ number, event, at }: (typeof events)[number]) => {
          await workItems.remember({ workItem: guid(number) }, of);
          await workItems.receive({ workItem: guid(number), event, at, columns: new Map() });
        };
        for (const each of delivered) await tell(each);
        // What Dataverse has not brought yet, last first.
        for (const each of [...events].reverse()) await tell(each);
        const expected = events.at(-1)?.event === 'closed' ? 'queue' : 'agent';
        assert.equal((await world.store.conversation(of))?.holder, expected);
      }),
      { seed, numRuns: runs },
    );
  });
});
