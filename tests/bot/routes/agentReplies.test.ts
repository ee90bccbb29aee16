import assert from 'node:assert/strict';
import type { Phone } from '../../../bot/simulator/phone.ts';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';
import { type Browser, sessionsOf, signedInAs } from '../../support/signedIn.ts';

describe('what an agent does over the API', function () {
  this.timeout(20_000);
  let api: ApiHost;
  let phone: Phone;
  let path: string;
  let kim: Browser;
  before(async () => {
    api = await startApiHost();
    kim = await signedInAs(sessionsOf(api.key, api.host.app.store), 'agent', 'Kim');
  });
  after(() => api.close());
  let number = 4915550005000;
  beforeEach(async () => {
    number += 1;
    phone = api.simulator.phone(String(number));
    const id = await api.conversationWith(phone);
    path = `/conversations/${id}`;
    const policy = { handoff: { read: 'agentReplied' } };
    const put = await fetch(`${api.host.url}/api/v1/policies/conversation/${id}`, {
      method: 'PUT',
      headers: { 'x-api-key': api.key },
      body: JSON.stringify(policy),
    });
    assert.equal(put.status, 200);
    await api.call('POST', `${path}/handoff`, { reason: 'wants a refund of 4711' });
  });

  /** The customer writes; answers our id of the message once it is held. */
  const held = async (): Promise<string> => {
    phone.say('is anybody there?');
    for (;;) {
      const [newest] = (await api.call('GET', `${path}/receipts`)).body.items;
      if (newest.outcome === 'held') return newest.ref;
    }
  };
  const as = (browser: Browser) => ({ ...browser }) as Record<string, string>;
  const state = async () => {
    const { holder, agent, unread } = (await api.call('GET', path)).body;
    return [holder, agent, unread];
  };
  const stepsOf = async (ref: string) => (await api.call('GET', `/audit?message=${ref}`)).body.items;

  it('a message is a reply: what waits for it is read, nothing is unread, and the conversation is theirs', async () => {
    const ref = await held();
    const sent = await api.call('POST', `${path}/messages`, { text: 'I am' }, as(kim));
    assert.equal(sent.status, 202);
    await api.simulator.idle();
    assert.deepEqual(await state(), ['agent', 'Kim', 0]);
    const [read, released] = await stepsOf(ref);
    assert.deepEqual([read.outcome, released.event, released.agent], ['sent', 'replied', 'Kim']);
    assert.equal(released.via, 'session');
  });

  it('the same message asked for again, by its key, is no other reply', async () => {
    const headers = { ...as(kim), 'idempotency-key': 'once' };
    await api.call('POST', `${path}/messages`, { text: 'Bye' }, headers);
    await api.call('POST', `${path}/agent-events`, { event: 'closed' }, as(kim));
    const again = await api.call('POST', `${path}/messages`, { text: 'Bye' }, headers);
    assert.equal(again.status, 202);
    assert.equal((await state())[0], 'bot');
  });

  it('a program’s message is none', async () => {
    const ref = await held();
    assert.equal((await api.call('POST', `${path}/messages`, { text: 'News' })).status, 202);
    assert.deepEqual(await state(), ['queue', undefined, 2]);
    assert.equal((await stepsOf(ref))[0].outcome, 'held');
  });

  it('a message is marked read by our id, and the audit says by whom', async () => {
    const first = await held();
    phone.say('hello?');
    let ref = first;
    while (ref === first) ref = (await api.call('GET', `${path}/receipts`)).body.items[0].ref;
    const answer = await api.call('POST', '/receipts', { message: ref, includeHeld: true }, as(kim));
    assert.deepEqual([answer.status, answer.body.ref, answer.body.outcome], [200, ref, 'sent']);
    const [, asked] = await stepsOf(ref);
    assert.deepEqual([asked.by, asked.agent, asked.via], ['key', 'Kim', 'session']);
    assert.equal((await api.call('POST', '/receipts', { message: 'm999999' })).status, 404);
    for (const body of [{ message: '7' }, { message: 'o1' }, { message: ref, channel: 'simulator' }])
      assert.equal((await api.call('POST', '/receipts', body)).status, 400);
  });

  it('the audit says who gave the conversation back', async () => {
    const ref = await held();
    assert.equal((await api.call('DELETE', `${path}/handoff`, undefined, as(kim))).status, 200);
    await api.simulator.idle();
    const step = (await stepsOf(ref)).find(({ by }: { by: string }) => by === 'handoff');
    assert.deepEqual([step.agent, step.via], ['Kim', 'session']);
  });

  it('a token reports, and is told nothing of why the conversation came', async () => {
    const grant = { events: ['accepted', 'opened', 'transferred'], agent: 'Lee' };
    const { token } = (await api.call('POST', '/tokens', grant)).body;
    const headers = { authorization: `Bearer ${token}` };
    for (const event of grant.events) {
      const answer = await api.call('POST', `${path}/agent-events`, { event }, headers);
      assert.equal(answer.status, 200);
      assert.ok(!JSON.stringify(answer.body).includes('4711'), event);
    }
    const { body } = await api.call('POST', `${path}/agent-events`, { event: 'accepted' });
    assert.equal(body.handoff.reason, 'wants a refund of 4711');
  });
});
