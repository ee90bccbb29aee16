import assert from 'node:assert/strict';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';

describe('the audit in the API', () => {
  let api: ApiHost;
  let conversation: string;
  before(async () => {
    api = await startApiHost();
    const phone = api.simulator.phone('4915550004001');
    conversation = await api.conversationWith(phone);
    const { token } = (await api.call('POST', '/tokens', { agent: 'Ada', conversations: [conversation] }))
      .body;
    await api.call('POST', `/conversations/${conversation}/agent-events`, { event: 'accepted' });
    phone.say('is anybody there?');
    const list = `/audit?conversation=${conversation}`;
    for (;;) {
      const { items } = (await api.call('GET', list)).body;
      if (items[0].outcome === 'held') break;
    }
    const headers = { authorization: `Bearer ${token}` };
    await api.call('POST', `/conversations/${conversation}/agent-events`, { event: 'opened' }, headers);
    await api.simulator.idle();
  });
  after(() => api.close());

  const read = async (query: string) => {
    const { status, body } = await api.call('GET', `/audit?${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };

  it('tells of each receipt who or what caused it, by which rule, and what the provider answered', async () => {
    const { items, next } = await read(`conversation=${conversation}`);
    assert.equal(next, undefined);
    const { items: receipts } = (await api.call('GET', `/conversations/${conversation}/receipts`)).body;
    const [newest] = receipts;
    const mine = items.filter(({ message }: { message: string }) => message === newest.ref);
    const [sent, asked, decided] = mine;
    assert.deepEqual(
      [sent.outcome, sent.by, sent.answer, sent.at, sent.messageId],
      ['sent', 'provider', 'taken', newest.at, newest.messageId],
    );
    assert.deepEqual([asked.by, asked.event, asked.agent, asked.via], ['agent', 'opened', 'Ada', 'token']);
    assert.deepEqual([decided.outcome, decided.by, decided.until], ['held', 'policy', 'agentOpened']);
    assert.ok(decided.because.length > 0);
    assert.equal(mine.length, 3);
  });

  it('finds a message by our id and by the provider’s', async () => {
    const { items } = await read(`conversation=${conversation}`);
    const [{ message, messageId }] = items;
    const own = await read(`message=${message}`);
    assert.deepEqual(own, await read(`message=${encodeURIComponent(messageId)}`));
    assert.deepEqual(own.items, items.slice(0, 3));
  });

  it('is read page by page', async () => {
    const { items } = await read(`conversation=${conversation}`);
    const first = await read(`conversation=${conversation}&limit=2`);
    assert.deepEqual(first.items, items.slice(0, 2));
    const rest = await read(`conversation=${conversation}&after=${first.next}`);
    assert.deepEqual(rest.items, items.slice(2));
  });

  it('refuses what it cannot answer, and who has no key', async () => {
    for (const [query, status] of [
      ['', 400],
      [`conversation=${conversation}&message=m1`, 400],
      [`conversation=${conversation}&after=o1`, 400],
      ['conversation=c_nobody', 404],
      ['message=wamid.nobody', 404],
    ] as const)
      assert.equal((await api.call('GET', `/audit?${query}`)).status, status, query);
    assert.equal((await api.call('GET', `/audit?conversation=${conversation}`, undefined, {})).status, 401);
    const { token } = (await api.call('POST', '/tokens', { conversations: [conversation] })).body;
    const headers = { authorization: `Bearer ${token}` };
    assert.equal((await api.call('GET', '/audit?message=m1', undefined, headers)).status, 401);
  });
});
