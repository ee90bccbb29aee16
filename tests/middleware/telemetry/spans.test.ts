import assert from 'node:assert/strict';
import { SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { ProviderError } from '../../../middleware/errors.ts';
import { engineWorld, type World, type WorldOptions } from '../../support/engineWorld.ts';
import { type MemoryTelemetry, memoryTelemetry } from '../../support/memoryTelemetry.ts';
import { storeFolder } from '../storage/storeFolder.ts';

describe('the spans of a message', () => {
  const stored = storeFolder();
  let telemetry: MemoryTelemetry;
  let world: World | undefined;
  const open = async (options: WorldOptions = {}) => {
    world = await engineWorld({ telemetry, ...options });
    return world;
  };
  const close = async () => {
    await world?.close();
    world = undefined;
  };
  beforeEach(() => {
    telemetry = memoryTelemetry();
  });
  afterEach(close);

  const named = (operation: string) => telemetry.spans().filter(({ name }) => name === `${operation} meta`);
  const traceOf = (span: ReadableSpan | undefined) => span?.spanContext().traceId;
  const messageOf = ({ attributes }: ReadableSpan) => attributes['bluetick.message'];
  const policies = (read: object) => ({ default: { read } });

  it('lead in one trace from its admission over receipt and turn to the reply', async () => {
    const { say, time } = await open();
    await say('w1');
    await time.pass(1000);
    const spans = telemetry.spans();
    assert.deepEqual(spans.map(({ name }) => name).sort(), [
      'admit meta',
      'markRead meta',
      'send meta',
      'turn meta',
    ]);
    assert.equal(new Set(spans.map(traceOf)).size, 1);
    assert.equal(new Set(spans.map(messageOf)).size, 1);
    const parents = new Set(spans.map(({ parentSpanContext }) => parentSpanContext?.spanId));
    assert.equal(parents.size, 1, 'nobody keeps a context along the way');
  });

  it('are its own where one webhook brings several, and their one receipt is linked to all', async () => {
    const { say, time } = await open({ policies: policies({ when: 'accepted', delay: { minMs: 500 } }) });
    await say('w1', 'w2', 'w3');
    await time.pass(10_000);
    const admitted = named('admit');
    assert.equal(new Set(admitted.map(traceOf)).size, 3);
    const [receipt, ...more] = named('markRead');
    assert.deepEqual(more, []);
    assert.equal(traceOf(receipt), traceOf(admitted.at(-1)));
    assert.deepEqual(
      receipt?.links.map(({ context }) => context.traceId).sort(),
      admitted.slice(0, 2).map(traceOf).sort(),
    );
    assert.equal(receipt?.attributes['messaging.batch.message_count'], 3);
  });

  it('come to the same trace in another process, which was told nothing of it', async () => {
    const options = { path: stored.path, policies: policies({ when: 'manual' }), gateway: false };
    await (await open(options)).say('w1');
    await close();
    const { engine, time } = await open(options);
    await engine.markRead({ channel: 'meta', messageId: 'w1' });
    await time.pass(1000);
    assert.equal(traceOf(named('markRead')[0]), traceOf(named('admit')[0]));
  });

  it('say why a call failed, in a word of ours, and that the next try did not', async () => {
    const { say, time, channel } = await open();
    let tries = 0;
    channel.answer = ({ what }) => {
      tries += what === 'read' ? 1 : 0;
      const fails = what === 'read' && tries === 1;
      const error = () =>
        new ProviderError('4915550001111 is away', { fault: 'transient', providerCode: '4915550001111' });
      return fails ? { error } : {};
    };
    await say('w1');
    await time.pass(60_000);
    const [first, second] = named('markRead');
    assert.equal(first?.attributes['error.type'], 'transient');
    assert.deepEqual(first?.status, { code: SpanStatusCode.ERROR });
    assert.equal(second?.attributes['error.type'], undefined);
    assert.deepEqual(
      named('markRead').map(({ attributes }) => attributes['bluetick.attempt']),
      [1, 2],
    );
  });

  it('say how a turn ended', async () => {
    const dialog = async () => {
      throw new Error('the bot fails');
    };
    const { say, time } = await open({ dialog });
    await say('w1');
    await time.pass(60_000);
    assert.deepEqual(
      named('turn').map(({ attributes }) => attributes['bluetick.outcome']),
      ['retry', 'retry', 'retry', 'retry', 'dead'],
    );
  });
});
