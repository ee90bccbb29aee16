import assert from 'node:assert/strict';
import { type ManyHosts, startHosts, type TestInstance } from '../support/manyHosts.ts';
import { lookUntil } from '../support/sharedStores.ts';
import { readStream, type StreamClient } from '../support/streamClient.ts';

/** What is told of a message that a customer sends and the bot answers: the first and the last of it. */
const story = ['message.received', 'message.accepted'];

describe('the live stream of two hosts on one database', function () {
  this.timeout(30_000);
  let world: ManyHosts;
  let here: TestInstance;
  let there: TestInstance;

  before(async () => {
    world = await startHosts(2);
    const [one, other] = world.all;
    assert.ok(one && other);
    [here, there] = [one, other];
  });
  after(() => world.close());

  const read = ({ url }: TestInstance, after?: string): Promise<StreamClient> =>
    readStream(url, { headers: { 'x-api-key': world.key }, ...(after !== undefined && { after }) });
  /** A customer writes to a host, and the story is told; answers the conversation. */
  const tellOf = async (host: TestInstance, name: string, clients: readonly StreamClient[]) => {
    const phone = world.simulator.phone(name, { business: world.business });
    const known = clients.map(({ told }) => told.length);
    assert.equal(await host.take(phone, 'opening hours?'), 200);
    const ends = clients.map((client, index) =>
      client.until(
        event => event.type === story.at(-1) && client.told.indexOf(event) >= Number(known[index]),
      ),
    );
    const [end] = await Promise.all(ends);
    return String(end?.conversation);
  };

  it('tells at each what happens at both, in order, and goes on at the other where it broke', async () => {
    const clients = await Promise.all([read(here), read(there)]);
    await Promise.all(clients.map(client => client.until(({ type }) => type === 'ready')));
    const first = await tellOf(here, '4915550710001', clients);
    const second = await tellOf(there, '4915550710002', clients);
    const [one, other] = clients;
    assert.ok(one && other);
    // What the provider tells of them goes on: both have come so far, at least. Where a stream begins is its own.
    const length = Math.min(one.told.length, other.told.length);
    const events = one.told.slice(1, length);
    assert.deepEqual(events, other.told.slice(1, length));
    for (const conversation of [first, second]) {
      const types = events.filter(event => event.conversation === conversation).map(({ type }) => type);
      assert.deepEqual(
        types.filter(type => story.includes(type)),
        story,
      );
      assert.equal(types[0], 'message.received');
    }
    // From any id of the one, at the other: the rest, once.
    for (const place of [0, 1, Math.floor(length / 2), length - 2]) {
      const again = await read(there, one.told[place]?.id);
      const rest = one.told.slice(place + 1, length);
      await again.until(({ id }) => id === rest.at(-1)?.id);
      assert.equal(again.told[0]?.type, 'ready');
      assert.deepEqual(again.told.slice(1, rest.length + 1), rest);
      await again.drop();
    }
    await Promise.all(clients.map(client => client.drop()));
  });

  it('obeys at one what was put at the other within a second', async () => {
    const scope = `/policies/business/${world.business}`;
    const put = await here.call('PUT', scope, { read: { when: 'manual' } });
    assert.equal(put.status, 200, await put.text());
    const isObeyed = async () => (await (await there.call('GET', scope)).text()).includes('manual');
    await lookUntil(isObeyed, 1000);
  });
});
