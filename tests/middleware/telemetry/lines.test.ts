import assert from 'node:assert/strict';
import type { Logger, Outbound } from '../../../middleware/ports.ts';
import { aboutOutbound, findAboutOutbound } from '../../../middleware/telemetry/aboutOutbound.ts';
import { correlatedLog } from '../../../middleware/telemetry/correlatedLog.ts';
import { engineWorld, quietLog, type World } from '../../support/engineWorld.ts';
import { escalationWorld, minutes, ruleOf } from '../../support/escalationWorld.ts';
import { memoryTelemetry } from '../../support/memoryTelemetry.ts';

describe('a line about a message', () => {
  const tracing = {
    traceOf: (conversation: string, message: string) => `trace of ${conversation} ${message}`,
  };
  const lineOf = (fields: object) => {
    const log = quietLog();
    correlatedLog(log, tracing).info(fields, 'said');
    return log.lines[0]?.fields;
  };

  it('has its trace, and one about a reply that of what it answers', () => {
    const own = { conversation: 'c1', message: 'm1' };
    assert.deepEqual(lineOf(own), { ...own, trace: 'trace of c1 m1' });
    const reply = { conversation: 'c1', message: 'o1', answers: 'm1' };
    assert.deepEqual(lineOf(reply), { ...reply, trace: 'trace of c1 m1' });
  });

  it('has none where it names none, or says that it is not known', () => {
    for (const fields of [{ conversation: 'c1' }, { conversation: 'c1', message: 'o1', trace: undefined }])
      assert.deepEqual(lineOf(fields), fields);
  });

  it('is not put together where its level is off', () => {
    const quiet: Logger = { ...quietLog(), isLevelEnabled: level => level !== 'debug' };
    const traceOf = () => assert.fail('a trace is worked out for nobody');
    const log = correlatedLog(quiet, { traceOf });
    log.debug({ conversation: 'c1', message: 'm1' }, 'said');
    assert.equal(log.isLevelEnabled?.('debug'), false);
    assert.equal(log.isLevelEnabled?.('info'), true);
    assert.throws(() => log.info({ conversation: 'c1', message: 'm1' }, 'said'), /for nobody/);
  });

  it('of ours says what it answers, and claims no trace where the store cannot tell', async () => {
    const outbound = { conversation: { id: 'c1' }, ref: 'o1' } as Outbound;
    const reply = { ...outbound, turn: { ref: 'm1', ordinal: 0 } };
    const ids = { conversation: 'c1', message: 'o1' };
    assert.deepEqual(aboutOutbound(outbound), ids);
    assert.deepEqual(aboutOutbound(reply), { ...ids, answers: 'm1' });
    assert.deepEqual(await findAboutOutbound({ outbound: async () => reply }, ids), {
      ...ids,
      answers: 'm1',
    });
    const unknown = { ...ids, trace: undefined };
    assert.deepEqual(await findAboutOutbound({ outbound: async () => undefined }, ids), unknown);
    const away = async () => assert.fail('the store is away');
    assert.deepEqual(await findAboutOutbound({ outbound: away }, ids), unknown);
  });
});

describe('the lines about what a webhook brought', () => {
  let world: World;
  before(async () => {
    world = await engineWorld({ telemetry: memoryTelemetry() });
  });
  after(() => world.close());

  const fieldsOf = (message: string) =>
    world.log.lines
      .filter(line => line.message === message)
      .map(({ fields }) => fields as Readonly<Record<string, string>>);

  it('name it, each message and each status: one leads to the others', async () => {
    await world.say('w1', 'w2');
    await world.time.pass(1000);
    const [reply] = fieldsOf('Message sent');
    const { providerId } = (await world.store.ledgerEntry({ ref: String(reply?.message) })) ?? assert.fail();
    const of = { channel: 'meta', business: 'b1', providerId: String(providerId) } as const;
    const status = { ...of, status: 'read', means: 'read', at: world.time.now() } as const;
    await world.engine.admit(world.channel, { messages: [], acknowledgements: [status], rejected: [] });
    const [first, second] = fieldsOf('Webhook admitted').map(({ webhook }) => webhook);
    assert.match(String(first), /^[\da-f]{8}-1$/);
    assert.equal(second, first?.replace(/1$/, '2'));
    assert.deepEqual(
      fieldsOf('Message admitted').map(({ webhook }) => webhook),
      [first, first],
    );
    const [applied, ...more] = fieldsOf('Status applied');
    assert.deepEqual(more, []);
    assert.deepEqual(
      { ...applied },
      {
        conversation: reply?.conversation,
        message: reply?.message,
        trace: undefined,
        means: 'read',
        webhook: second,
      },
    );
  });
});

describe('an escalation’s lines', () => {
  it('name the message that did not arrive, with its conversation, and what it answers', async () => {
    const world = await escalationWorld();
    world.answer = () => ({ error: () => new TypeError('nobody expects it') });
    const sms = ruleOf({ type: 'sms' });
    const own = await world.send(sms);
    const reply = await world.send(sms, { customer: '4915550001112', turn: { ref: 'm1', ordinal: 0 } });
    await world.time.pass(6 * minutes);
    await world.close();
    for (const message of ['A way out failed unexpectedly', 'No way out worked']) {
      const lines = world.log.lines.filter(line => line.message === message);
      const fields = lines.map(line => line.fields as Readonly<Record<string, unknown>>);
      assert.deepEqual(
        fields.map(({ message: ref, answers }) => [ref, answers]).toSorted(),
        [
          [own, undefined],
          [reply, 'm1'],
        ],
        message,
      );
      for (const { conversation } of fields) assert.match(String(conversation), /^c_/);
    }
  });
});
