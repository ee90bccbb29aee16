import assert from 'node:assert/strict';
import { seededRandom } from '../../fault/random.ts';
import { testDatabase } from '../../support/postgres.ts';
import { joinStore, type SharedStore } from '../../support/sharedStores.ts';
import { readStream, type StreamClient } from '../../support/streamClient.ts';
import { type StreamWorld, startStreamWorld } from './streamWorld.ts';

const seed = 20261122;

/** The names of the changes that a client was told, `ready` and `reset` aside. */
const names = ({ told }: StreamClient) =>
  told.filter(({ type }) => type === 'typing').map(({ conversation }) => String(conversation));

describe('the live stream of hosts that share a store', () => {
  let stores: SharedStore[];
  let worlds: StreamWorld[];

  beforeEach(async () => {
    const url = await testDatabase();
    stores = await Promise.all([joinStore(url), joinStore(url)]);
    worlds = await Promise.all(stores.map(({ sharing: { changes } }) => startStreamWorld({ changes })));
  });
  afterEach(async () => {
    await Promise.all(worlds.map(world => world.close()));
    await Promise.all(stores.map(store => store.close()));
  });

  it(`is told without a gap or a repeat to one who comes again at another host (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const steady = await Promise.all(worlds.map(({ url }) => readStream(url)));
    await Promise.all(steady.map(client => client.until(({ type }) => type === 'ready')));
    let made = 0;
    const make = (count: number) => {
      for (let more = 0; more < count; more += 1) {
        made += 1;
        worlds[Math.floor(random() * worlds.length)]?.change(`c${made}`);
      }
    };
    const got: string[] = [];
    let last = steady[0]?.told[0]?.id;
    for (let point = 0; point < 30; point += 1) {
      const client = await readStream(String(worlds[point % worlds.length]?.url), { after: String(last) });
      assert.equal((await client.until(() => true)).type, 'ready');
      make(1 + Math.floor(random() * 3));
      if (random() < 0.5) {
        const name = `c${made}`;
        if (!got.includes(name)) await client.until(({ conversation }) => conversation === name);
      }
      await client.drop();
      got.push(...names(client));
      last = client.told.at(-1)?.id ?? last;
      make(Math.floor(random() * 3));
    }
    worlds[0]?.change('end');
    const client = await readStream(String(worlds[1]?.url), { after: String(last) });
    await Promise.all(
      [client, ...steady].map(each => each.until(({ conversation }) => conversation === 'end')),
    );
    got.push(...names(client));
    // Whatever the order of two hosts is: it is one, for everybody.
    const [one = [], other] = steady.map(names);
    assert.deepEqual(
      new Set(one),
      new Set([...Array.from({ length: made }, (_, index) => `c${index + 1}`), 'end']),
    );
    assert.deepEqual([one.length, other, got], [made + 1, one, one]);
    await Promise.all([client, ...steady].map(each => each.drop()));
  });

  it('is made of nothing while nobody reads at any of them', async () => {
    const listening = () => worlds.map(world => world.listening());
    worlds[1]?.change('unseen');
    assert.deepEqual(listening(), [0, 0]);
    const client = await readStream(String(worlds[0]?.url));
    await client.until(({ type }) => type === 'ready');
    assert.deepEqual(listening(), [1, 1]);
    worlds[1]?.change('seen');
    await client.until(({ conversation }) => conversation === 'seen');
    assert.deepEqual(names(client), ['seen']);
    await client.drop();
  });

  it('is begun anew for an id that no host gave, or that is too old', async () => {
    const first = await readStream(String(worlds[0]?.url));
    const { id } = await first.until(({ type }) => type === 'ready');
    await first.drop();
    const [epoch, xid] = id.split('-');
    for (const after of [
      `${epoch}-${xid}`,
      '0123456789ab-12',
      `ffffffffffff-${xid}-0`,
      `${epoch}-9${xid}-0`,
      'x',
    ]) {
      const client = await readStream(String(worlds[1]?.url), { after });
      assert.equal((await client.until(() => true)).type, 'reset', after);
      await client.drop();
    }
  });

  it('ends with its host for those who read there, and goes on elsewhere with what that host does still', async () => {
    const [ending, other] = worlds;
    const [here, there] = [await readStream(String(ending?.url)), await readStream(String(other?.url))];
    await Promise.all([here, there].map(client => client.until(({ type }) => type === 'ready')));
    await ending?.streams.close();
    assert.equal((await here.ended()).code, 1001);
    ending?.change('last');
    await there.until(({ conversation }) => conversation === 'last');
    await there.drop();
  });
});
