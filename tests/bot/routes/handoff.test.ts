import assert from 'node:assert/strict';
import type { Phone } from '../../../bot/simulator/phone.ts';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';

describe('a hand-off over the API', function () {
  this.timeout(20_000);
  let api: ApiHost;
  let phone: Phone;
  let path: string;
  before(async () => {
    api = await startApiHost();
    phone = api.simulator.phone('4915550001111', { name: 'Anna' });
    path = `/conversations/${await api.conversationWith(phone)}`;
  });
  after(() => api.close());

  const report = (body: object) => api.call('POST', `${path}/agent-events`, body);
  const isTime = (value: unknown) => !Number.isNaN(Date.parse(String(value)));

  it('is not under way while the bot has the conversation', async () => {
    const { status, body } = await api.call('GET', `${path}/handoff`);
    assert.deepEqual([status, body.error.code], [409, 'conflict']);
    const view = (await api.call('GET', path)).body;
    assert.deepEqual(
      ['agent', 'assignedTo', 'handoff'].filter(name => name in view),
      [],
    );
  });

  it('begins with a reason and a context', async () => {
    const given = { reason: 'wants a refund', context: { order: 17 } };
    const { status, body } = await api.call('POST', `${path}/handoff`, given);
    assert.deepEqual(
      [status, body.holder, body.handoff.by, body.handoff.reason],
      [200, 'queue', 'api', given.reason],
    );
    assert.ok(isTime(body.handoff.at));
    const again = await api.call('POST', `${path}/handoff`, {});
    assert.deepEqual(again.body.handoff, body.handoff, 'done twice it does no harm');
  });

  it('gives whoever accepts what was spoken, why it came and what the bot has learned', async () => {
    const { body } = await report({ event: 'accepted', agent: 'Kim' });
    assert.deepEqual([body.holder, body.agent, body.handoff.context], ['agent', 'Kim', { order: 17 }]);
    assert.ok(isTime(body.handoff.acceptedAt));
    const [asked, answered] = body.handoff.transcript;
    assert.deepEqual([asked.side, asked.text, asked.type], ['customer', 'hello', 'text']);
    assert.deepEqual([answered.side, answered.sender], ['business', 'bot']);
    assert.ok(isTime(asked.at));
    assert.deepEqual((await api.call('GET', `${path}/handoff`)).body, body.handoff);
    // Whoever does something else has it already.
    assert.equal('transcript' in (await report({ event: 'opened', agent: 'Kim' })).body.handoff, false);
  });

  it('goes to another agent, by name', async () => {
    const { body } = await report({ event: 'transferred', agent: 'Kim', to: 'Lee' });
    assert.deepEqual([body.holder, body.agent, body.assignedTo], ['queue', undefined, 'Lee']);
    const taken = (await report({ event: 'accepted', agent: 'Lee' })).body;
    assert.deepEqual([taken.holder, taken.agent, taken.assignedTo], ['agent', 'Lee', undefined]);
  });

  it('survives a restart', async () => {
    await api.restart();
    const { body } = await api.call('GET', path);
    assert.deepEqual([body.holder, body.agent, body.handoff.reason], ['agent', 'Lee', 'wants a refund']);
  });

  it('ends when the bot takes the conversation back, and forgets what was handed over', async () => {
    const { status, body } = await api.call('DELETE', `${path}/handoff`);
    assert.deepEqual([status, body.holder, 'handoff' in body, 'agent' in body], [200, 'bot', false, false]);
    assert.equal((await api.call('DELETE', `${path}/handoff`)).status, 200);
    assert.equal((await api.call('GET', `${path}/handoff`)).status, 409);
  });

  it('refuses what it does not understand, by the field', async () => {
    const refusals: readonly [object, string][] = [
      [{ reason: 7 }, 'reason'],
      [{ reason: 'x'.repeat(501) }, 'reason'],
      [{ context: [] }, 'context'],
      [{ context: { note: 'x'.repeat(29 * 1024) } }, 'context'],
      [{ why: 'x' }, 'why'],
    ];
    for (const [body, field] of refusals) {
      const answer = await api.call('POST', `${path}/handoff`, body);
      assert.deepEqual(
        [answer.status, answer.body.error.code, answer.body.error.field],
        [400, 'invalid_request', field],
      );
    }
    const { status, body } = await report({ event: 'accepted', to: 'Lee' });
    assert.deepEqual([status, body.error.field], [400, 'to']);
    assert.equal((await api.call('GET', '/conversations/c_0000000000000000/handoff')).status, 404);
  });
});
