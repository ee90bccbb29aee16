import assert from 'node:assert/strict';
import { BluetickError, ProviderError } from '../../../middleware/errors.ts';
import { engineWorld, type World } from '../../support/engineWorld.ts';
import { type MemoryTelemetry, memoryTelemetry } from '../../support/memoryTelemetry.ts';

describe('the metrics', () => {
  let telemetry: MemoryTelemetry;
  let world: World;
  beforeEach(() => {
    telemetry = memoryTelemetry();
  });
  afterEach(() => world.close());

  /** What was counted under a name, by the values of its attributes but the channel. */
  const counted = async (name: string) => {
    const figures = (await telemetry.figures()).filter(figure => figure.name === name);
    return Object.fromEntries(
      figures.map(({ attributes, value }) => [
        Object.entries(attributes)
          .flatMap(([key, said]) => (key === 'messaging.system' ? [] : String(said)))
          .join(' '),
        typeof value === 'object' ? (value as { count: number }).count : value,
      ]),
    );
  };

  it('say the same in OpenTelemetry and in the engine', async () => {
    world = await engineWorld({ telemetry });
    await world.say('w1', 'w2');
    await world.say('w2');
    await world.time.pass(60_000);
    const told = (await telemetry.figures()).map(({ name, attributes, value }) => {
      const { sum, buckets } = value as { sum?: number; buckets?: { counts: number[] } };
      return { name, attributes, ...(buckets === undefined ? { value } : { sum, counts: buckets.counts }) };
    });
    const own = (await world.engine.metrics()).flatMap(({ name, points }) =>
      points.map(point => ({ name, ...point })),
    );
    const inOrder = (figures: readonly object[]) => figures.map(each => JSON.stringify(sorted(each))).sort();
    assert.ok(own.length > 12);
    assert.deepEqual(inOrder(told), inOrder(own));
    assert.deepEqual(await counted('messaging.client.consumed.messages'), {
      'admit admitted': 2,
      'admit duplicate': 1,
    });
  });

  it('count receipts by how they ended, once each', async () => {
    world = await engineWorld({ telemetry, policies: { default: { read: { when: 'manual' } } } });
    await world.say('w1', 'w2');
    assert.deepEqual(await counted('bluetick.receipts'), {});
    await world.engine.markRead({ channel: 'meta', messageId: 'w2', includeHeld: true });
    await world.time.pass(1000);
    assert.deepEqual(await counted('bluetick.receipts'), { sent: 1, covered: 1 });
    assert.deepEqual(await counted('bluetick.time_to_blue'), { '': 2 });
  });

  it('count a receipt that is never owed at its admission', async () => {
    world = await engineWorld({ telemetry, policies: { default: { read: { when: 'never' } } } });
    await world.say('w1');
    assert.deepEqual(await counted('bluetick.receipts'), { skipped: 1 });
  });

  it('tell calls that failed from calls that were not made', async () => {
    world = await engineWorld({ telemetry, dialog: async () => {} });
    const error = () => new ProviderError('no', { fault: 'auth', providerCode: '190' });
    world.channel.answer = () => ({ error });
    await world.say('w1');
    await world.say({ providerId: 'w2', customer: '4915550002222' });
    assert.deepEqual(await counted('messaging.client.operation.duration'), { 'markRead auth': 1 });
    assert.deepEqual(await counted('bluetick.calls.not_made'), { 'markRead channel_paused': 1 });
  });

  it('count what a provider refused, and dead letters that wait', async () => {
    const error = () =>
      new ProviderError('no', { fault: 'permanent', is: 'unknown', providerCode: '131026' });
    world = await engineWorld({ telemetry });
    world.channel.answer = ({ what }) => (what === 'send' ? { error } : {});
    await world.say('w1');
    await world.time.pass(60_000);
    assert.deepEqual(await counted('messaging.client.sent.messages'), { 'send refused': 1 });
    // The message and the turn.
    assert.deepEqual(await counted('bluetick.dead_letters'), { '': 2 });
    assert.deepEqual(await counted('messaging.process.duration'), { 'turn dead': 1 });
  });

  it('say that the store is away, and nothing of what it would have said', async () => {
    let away = false;
    world = await engineWorld({
      telemetry,
      wrapStore: store => ({
        ...store,
        async ping(now) {
          if (away) throw new BluetickError('store_unavailable', 'away');
          await store.ping(now);
        },
      }),
    });
    assert.deepEqual(await counted('bluetick.store.up'), { '': 1 });
    away = true;
    assert.deepEqual(await counted('bluetick.store.up'), { '': 0 });
    assert.deepEqual(await counted('bluetick.velocity.slow'), { '': 0 });
    assert.deepEqual(
      (await world.engine.metrics()).find(({ name }) => name === 'bluetick.stuck')?.points,
      [],
    );
  });
});

/** With its attributes in order. */
function sorted(value: object): object {
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, each]) => [key, key === 'attributes' ? sorted(each) : each]),
  );
}
