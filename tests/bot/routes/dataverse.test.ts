import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  deliverToDataverse,
  endedByAgent,
  inConversation,
  type Outcomes,
  workItemBody,
} from '../../support/dataverse.ts';
import { type DynamicsHost, dataverseKey, startDynamicsHost } from '../../support/dynamicsHost.ts';

const id = (number: number) => `cccccccc-0000-4000-8000-${String(number).padStart(12, '0')}`;

describe('POST /webhooks/dataverse', () => {
  let api: DynamicsHost;
  let number = 0;
  before(async () => {
    api = await startDynamicsHost({
      DATAVERSE_CORRELATE_BY: 'workItem,customer:new_phone',
      DATAVERSE_WEBHOOK_HEADER: 'X-Bluetick-Key',
      DATAVERSE_WEBHOOK_PARAMETER: 'secret',
    });
  });
  after(() => api.close());

  /** A customer who waits, and a work item of theirs. */
  async function waiting() {
    number += 1;
    const customer = `4915550${String(300_000 + number)}`;
    return { workItem: id(number), customer, conversation: await api.waitingFor(customer) };
  }
  const holder = async (conversation: string) =>
    (await api.call('GET', `/conversations/${conversation}`)).body.holder;
  const post = (query: string, headers: Record<string, string> = {}, body: unknown = {}) =>
    deliverToDataverse(`${api.host.url}/webhooks/dataverse${query}`, body, headers);

  it('tells the conversation that an agent has accepted, and that it is over', async () => {
    const { workItem, customer, conversation } = await waiting();
    const phone = { new_phone: `+${customer}` };
    const accepted = { workItem, at: 1000, target: inConversation, after: phone, depth: 3 };
    assert.deepEqual(await api.tell(accepted), [{ outcome: 'applied' }]);
    assert.equal(await holder(conversation), 'agent');
    assert.deepEqual(await api.tell(accepted), [{ outcome: 'repeated' }]);
    assert.deepEqual(await api.tell({ workItem, at: 2000, target: endedByAgent }), [{ outcome: 'applied' }]);
    assert.equal(await holder(conversation), 'queue');
    const [late] = await api.tell({ workItem, at: 1500, target: inConversation });
    assert.equal(late?.outcome, 'superseded');
    assert.equal(await holder(conversation), 'queue');
  });

  it('takes several bodies at once, each for itself', async () => {
    const { workItem, customer, conversation } = await waiting();
    const told = await api.tell(
      { workItem: 'x' },
      { workItem, table: 'account' },
      { workItem, target: inConversation, after: { new_phone: customer } },
      { workItem: id(999), target: inConversation },
    );
    assert.deepEqual(
      told.map(({ outcome }) => outcome),
      ['unreadable', 'ignored', 'applied', 'unknown'],
    );
    assert.equal(await holder(conversation), 'agent');
  });

  it('answers what nobody can place with 200 and the reason, counts it and keeps it', async () => {
    const { workItem, conversation } = await waiting();
    const before = api.host.app.dataverse?.counts.unknown ?? 0;
    const [told] = await api.tell({ workItem, at: 1000, target: inConversation });
    assert.deepEqual(told, {
      outcome: 'unknown',
      because: 'workItem: nobody has told whose it is; customer:new_phone: the column is not in the body',
    });
    assert.equal(api.host.app.dataverse?.counts.unknown, before + 1);
    const path = `/work-items/${workItem}`;
    const kept = { event: 'accepted', applied: false, at: new Date(1000).toISOString() };
    assert.deepEqual((await api.call('GET', path)).body, kept);
    const put = (body: object) =>
      fetch(`${api.host.url}/api/v1${path}`, {
        method: 'PUT',
        headers: { 'x-api-key': api.key },
        body: JSON.stringify(body),
      });
    const linked = await put({ conversation });
    assert.deepEqual(await linked.json(), { ...kept, conversation, applied: true });
    assert.equal(await holder(conversation), 'agent');
    assert.equal((await put({ conversation: 'c_0123456789abcdef' })).status, 404);
    assert.equal((await put({ conversation, more: 1 })).status, 400);
  });

  it('says of a body that was cut that it was, and takes nothing from what is left', async () => {
    const { workItem, customer, conversation } = await waiting();
    const headers = { 'x-ms-dynamics-msg-size-exceeded': 'true' };
    const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'unverified', 'dynamics');
    const cut = JSON.parse(readFileSync(join(folder, 'trimmed.json'), 'utf8'));
    const whole = workItemBody({ workItem, target: inConversation, after: { new_phone: customer } });
    for (const body of [cut, whole]) {
      const answer = await post(`?code=${dataverseKey}`, headers, body);
      assert.equal(answer.status, 200);
      const [told] = ((await answer.json()) as Outcomes).items;
      assert.equal(told?.outcome, 'trimmed');
      assert.match(String(told?.because), /does not read rows back/);
    }
    assert.equal(api.host.app.dataverse?.counts.trimmed, 2);
    assert.equal(await holder(conversation), 'queue');
  });

  it('is opened by each of the three kinds', async () => {
    for (const [query, headers] of [
      [`?code=${dataverseKey}`, {}],
      [`?secret=${dataverseKey}`, {}],
      ['', { 'x-bluetick-key': dataverseKey }],
    ] as const)
      assert.equal((await post(query, headers)).status, 200);
  });

  it('knows it all after a restart', async () => {
    const { workItem, customer, conversation } = await waiting();
    await api.tell({ workItem, at: 1000, target: inConversation, after: { new_phone: customer } });
    await api.tell({ workItem, at: 2000, target: endedByAgent });
    await api.restart();
    const [late] = await api.tell({ workItem, at: 1000, target: inConversation });
    assert.equal(late?.outcome, 'superseded');
    assert.equal(await holder(conversation), 'queue');
  });
});

describe('the routes of work items', () => {
  let api: DynamicsHost;
  before(async () => {
    api = await startDynamicsHost({ DATAVERSE_WEBHOOK_KEY: '' });
  });
  after(() => api.close());

  it('work without the webhook, which is not there without a key', async () => {
    const conversation = await api.waitingFor('4915550400001');
    const url = `${api.host.url}/api/v1/work-items/{${id(1).toUpperCase()}}`;
    const headers = { 'x-api-key': api.key };
    const [channel, business, customer] = ['simulator', api.business, '4915550400001'];
    const put = await fetch(url, {
      method: 'PUT',
      headers,
      body: JSON.stringify({ channel, business, customer, socialProfile: id(2) }),
    });
    assert.deepEqual([put.status, await put.json()], [200, { conversation }]);
    const told = await api.call('POST', `/work-items/${id(1)}/agent-events`, { event: 'opened' });
    assert.deepEqual([told.status, told.body.id, told.body.holder], [200, conversation, 'agent']);
    const gone = await deliverToDataverse(`${api.host.url}/webhooks/dataverse?code=${dataverseKey}`, {});
    assert.equal(gone.status, 404);
  });

  it('tell what they do not know', async () => {
    assert.equal((await api.call('GET', `/work-items/${id(9)}`)).status, 404);
    const told = await api.call('POST', `/work-items/${id(9)}/agent-events`, { event: 'opened' });
    assert.deepEqual([told.status, told.body.error.code], [404, 'unknown_item']);
    assert.equal((await api.call('GET', '/work-items/x')).status, 400);
  });
});
