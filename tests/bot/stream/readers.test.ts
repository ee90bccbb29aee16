import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { seededRandom } from '../../fault/random.ts';
import { readStream, type StreamClient } from '../../support/streamClient.ts';
import { type StreamWorld, type StreamWorldOptions, startStreamWorld } from './streamWorld.ts';

const seed = 20261122;

/** The numbers of the changes that a client was told, `ready` and `reset` aside. */
const numbers = ({ told }: StreamClient) =>
  told.filter(({ type }) => type === 'typing').map(({ conversation }) => Number(conversation));

describe('the readers of the live stream', () => {
  let world: StreamWorld;
  async function start(options?: StreamWorldOptions) {
    world = await startStreamWorld(options);
  }
  afterEach(() => world.close());

  it(`come again without a gap or a repeat, wherever the connection broke (seed ${seed})`, async () => {
    await start();
    const random = seededRandom(seed);
    const total = 60;
    const steady = await readStream(world.url);
    let made = 0;
    const makeUntil = (number: number) => {
      while (made < number) world.change(String(++made));
    };
    const all = () => Array.from({ length: made }, (_, index) => index + 1);
    // Broken at every point, with some changes under way, and some that come while it is away.
    let got: number[] = [];
    let last: string | undefined;
    for (let point = 0; point <= total; point += 1) {
      const client = await readStream(world.url, last === undefined ? {} : { after: last });
      await client.until(({ type }) => type === 'ready');
      makeUntil(made + 1 + Math.floor(random() * 3));
      const until = made - Math.floor(random() * 2);
      if (until > (got.at(-1) ?? 0)) await client.until(({ conversation }) => Number(conversation) >= until);
      makeUntil(made + Math.floor(random() * 3));
      if (random() < 0.5) await setImmediate();
      await client.drop();
      got = [...got, ...numbers(client)];
      last = client.told.at(-1)?.id;
      makeUntil(made + Math.floor(random() * 3));
    }
    const client = await readStream(world.url, { after: String(last) });
    await steady.until(({ conversation }) => Number(conversation) === made);
    if ((got.at(-1) ?? 0) < made) await client.until(({ conversation }) => Number(conversation) === made);
    assert.deepEqual([...got, ...numbers(client)], all());
    assert.deepEqual(numbers(steady), all());
    await Promise.all([client.drop(), steady.drop()]);
  });

  it('are told to load anew where the log holds not all that they missed', async () => {
    await start({ size: 10 });
    const client = await readStream(world.url);
    const { id } = await client.until(({ type }) => type === 'ready');
    const changes = (from: number, to: number) => {
      for (let number = from; number <= to; number += 1) world.change(String(number));
    };
    changes(1, 10);
    const all = await readStream(world.url, { after: id });
    await all.until(({ conversation }) => conversation === '10');
    assert.equal(numbers(all).length, 10);
    changes(11, 11);
    const late = await readStream(world.url, { after: id });
    changes(12, 12);
    await late.until(({ conversation }) => conversation === '12');
    assert.deepEqual(
      late.told.map(({ type, conversation }) => conversation ?? type),
      ['reset', '12'],
    );
  });

  it('are nobody’s business once they are gone for long: the next one begins anew', async () => {
    await start({ keepMs: 20 });
    assert.equal(world.listening(), 0);
    const client = await readStream(world.url);
    const { id } = await client.until(({ type }) => type === 'ready');
    assert.equal(world.listening(), 1);
    await client.drop();
    while (world.listening() > 0) await setImmediate();
    const again = await readStream(world.url, { after: id });
    assert.equal((await again.until(() => true)).type, 'reset');
    assert.equal(world.listening(), 1);
  });

  it('who do not read are cut, hold no more than a bounded part, and slow nobody', async () => {
    await start({ size: 200 });
    const quick = await readStream(world.url);
    const slow = await readStream(world.url);
    slow.socket.pause();
    const padding = 'x'.repeat(20_000);
    let mostWaiting = 0;
    for (let number = 1; number <= 3000; number += 1) {
      world.change(String(number), padding);
      // The quick one keeps up by its own pace, a few at a time.
      if (number % 50 === 0) await quick.until(({ conversation }) => conversation === String(number));
      mostWaiting = Math.max(mostWaiting, world.waiting());
    }
    // One event may go beyond the limit, with its frame.
    const limit = 256 * 1024 + padding.length + 200;
    assert.ok(mostWaiting > 0 && mostWaiting <= limit, `${mostWaiting} bytes waited in its socket`);
    assert.equal(numbers(quick).length, 3000);
    slow.socket.resume();
    assert.deepEqual(await slow.ended(), { code: 4408, reason: 'Too slow: come again, and load anew' });
    const got = numbers(slow);
    assert.deepEqual(
      got,
      got.map((_, index) => index + 1),
    );
    assert.ok(got.length < 2900, `${got.length} were kept for it`);
    await quick.drop();
  });

  it('who are not there any more are cut', async () => {
    let beat = () => {};
    const scheduler = {
      after(_ms: number, task: () => void) {
        beat = task;
        return () => {};
      },
    };
    await start({ scheduler });
    const sleeper = await world.comeAndSleep();
    const { socket } = await readStream(world.url);
    const asked = once(socket, 'ping');
    beat();
    await asked;
    // Its answer is before this question on the same way.
    socket.ping();
    await once(socket, 'pong');
    beat();
    sleeper.resume();
    await once(sleeper, 'close', { signal: AbortSignal.timeout(5000) });
    while (world.streams.size > 1) await setImmediate();
    assert.equal(socket.readyState, socket.OPEN);
  });

  it('have their leave checked at each event, and their pages at the door', async () => {
    let until = Date.now() + 60_000;
    const publicUrl = 'https://bluetick.example';
    const authenticate = async () => ({
      sees: ({ conversation }: { conversation: string | undefined }) => conversation === '2',
      get until() {
        return until;
      },
    });
    await start({ publicUrl, authenticate });
    for (const origin of ['https://evil.example', `${publicUrl}:8443`, 'http://bluetick.example'])
      await assert.rejects(readStream(world.url, { headers: { origin } }), { status: 403 });
    const client = await readStream(world.url, { headers: { origin: publicUrl } });
    for (const number of [1, 2, 3]) world.change(String(number));
    await client.until(({ type }) => type === 'typing');
    until = 0;
    world.change('2');
    assert.equal((await client.ended()).code, 4401);
    assert.deepEqual(numbers(client), [2]);
  });

  it('are so many and no more, in all and of one agent', async () => {
    const authenticate = async ({ headers }: { headers: NodeJS.Dict<string | string[]> }) => ({
      sees: () => true,
      ...(headers['x-agent'] !== undefined && { counted: String(headers['x-agent']) }),
    });
    await start({ limit: 3, limitEach: 1, authenticate });
    const ada = await readStream(world.url, { headers: { 'x-agent': 'Ada' } });
    await assert.rejects(readStream(world.url, { headers: { 'x-agent': 'Ada' } }), { status: 429 });
    const others = await Promise.all([readStream(world.url), readStream(world.url)]);
    await assert.rejects(readStream(world.url), { status: 429 });
    await ada.drop();
    while (world.streams.size > 2) await setImmediate();
    await readStream(world.url, { headers: { 'x-agent': 'Ada' } });
    await others[0].drop();
  });

  it('are told that the host stops, and nobody comes after that', async () => {
    await start();
    const client = await readStream(world.url);
    const closed = world.streams.close();
    assert.equal((await client.ended()).code, 1001);
    await assert.rejects(readStream(world.url), { status: 503 });
    await closed;
    assert.equal(world.listening(), 0);
  });
});
