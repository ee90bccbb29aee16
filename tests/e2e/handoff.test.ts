import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../../bot/config.ts';
import { type Host, startHost } from '../../bot/host.ts';
import type { Phone } from '../../bot/simulator/phone.ts';
import type { Simulator } from '../../bot/simulator/simulator.ts';

const key = 'a-key-for-the-tests-0123456789';

describe('hand-off, over the API', function () {
  this.timeout(20_000);
  let folder: string;
  let host: Host;
  let simulator: Simulator;
  let phone: Phone;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-handoff-'));
    const config = readConfig({ PORT: '0', BLUETICK_DATA: folder, BLUETICK_API_KEY: key });
    host = await startHost(config, pino({ level: 'silent' }));
    simulator = host.app.simulator as Simulator;
    phone = simulator.phone('4915550001111', { name: 'Anna' });
  });
  after(async () => {
    await host.close();
    await rm(folder, { recursive: true });
  });

  const call = async (
    method: 'GET' | 'POST',
    path: string,
    body?: object,
    headers: Record<string, string> = { 'x-api-key': key },
  ) => {
    const answer = await fetch(`${host.url}/api/v1${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of the answer
    return { status: answer.status, body: (await answer.json()) as any };
  };
  const blue = (id: string) =>
    simulator.waitFor(() => phone.messages.some(message => message.id === id && message.tick === 'read'));
  const answers = (count: number) =>
    simulator.waitFor(() => phone.messages.filter(({ from }) => from === 'business').length >= count);

  let conversation: string;

  it('begins when the customer asks for a person: the bot says so and lets go', async () => {
    phone.say('Can I talk to a person?');
    await answers(1);
    // The bot lets go right behind its notice.
    let listed = await call('GET', '/conversations');
    while (listed.body.items[0].holder !== 'queue') listed = await call('GET', '/conversations');
    const { status, body } = listed;
    assert.equal(status, 200);
    const [item] = body.items;
    conversation = item.id;
    const { closesAt } = item.window;
    const { id, channel, holder, unread, window, customer, handoff } = item;
    assert.deepEqual(
      { id, channel, holder, unread, window, customer, handoff: { ...handoff, at: undefined } },
      {
        id: conversation,
        channel: 'simulator',
        holder: 'queue',
        unread: 1,
        window: { open: true, closesAt },
        customer: { masked: '•••••••••••11' },
        handoff: { at: undefined, by: 'bot', reason: 'asked for a person' },
      },
    );
    assert.ok(Date.parse(closesAt) > Date.now());
    assert.doesNotMatch(JSON.stringify(body), /4915550001111/);
  });

  it('leaves the customer’s next message grey until an agent opens the conversation', async () => {
    const { id } = phone.say('My chain is broken.');
    await simulator.waitFor(() =>
      phone.messages.some(message => message.id === id && message.tick === 'delivered'),
    );
    const path = `/conversations/${conversation}`;
    const { body } = await call('GET', `${path}/receipts`);
    assert.equal(body.items[0].messageId, id);
    assert.equal(body.items[0].outcome, 'held');
    assert.match(body.items[0].because, /agentOpened/);
    assert.equal((await call('GET', path)).body.unread, 2);

    const accepted = await call('POST', `${path}/agent-events`, { event: 'accepted', agent: 'Kim' });
    assert.equal(accepted.body.holder, 'agent');
    assert.equal(phone.messages.find(message => message.id === id)?.tick, 'delivered');
    const opened = await call('POST', `${path}/agent-events`, { event: 'opened' });
    assert.equal(opened.body.unread, 0);
    await blue(id);
    await simulator.idle();
    assert.equal(phone.messages.filter(({ from }) => from === 'business').length, 1, 'the bot was silent');
  });

  it('shows the customer that the agent types', async () => {
    await call('POST', `/conversations/${conversation}/agent-events`, { event: 'typing' });
    await simulator.waitFor(() => phone.typing);
  });

  it('marks a message read when the API asks, and says what became of it', async () => {
    const { id } = phone.say('Hello?');
    await simulator.idle();
    const marked = await call('POST', '/receipts', { channel: 'simulator', messageId: id });
    assert.equal(marked.status, 200);
    assert.deepEqual([marked.body.messageId, marked.body.outcome], [id, 'sent']);
    await blue(id);
    const all = await call('POST', '/receipts', { conversation });
    assert.deepEqual(all.body, { items: [] });
  });

  it('gives the conversation back to the bot when the agent closes it', async () => {
    const { body } = await call('POST', `/conversations/${conversation}/agent-events`, { event: 'closed' });
    assert.equal(body.holder, 'bot');
    phone.say('thanks');
    await answers(2);
    assert.match(String(phone.messages.at(-1)?.text), /^You are welcome/);
  });

  it('pages through conversations', async () => {
    const other = simulator.phone('4915550002222');
    other.say('hello');
    await simulator.waitFor(() => other.messages.length === 2);
    const first = await call('GET', '/conversations?limit=1');
    assert.equal(first.body.items.length, 1);
    const second = await call('GET', `/conversations?limit=1&after=${first.body.next}`);
    assert.equal(second.body.items[0].id, conversation);
    assert.equal(second.body.next, undefined);
  });

  it('refuses what is wrong, and names it', async () => {
    const events = `/conversations/${conversation}/agent-events`;
    const refusals: [
      Promise<{ status: number; body: { error: { code: string; field?: string } } }>,
      number,
      string,
      string?,
    ][] = [
      [call('GET', '/conversations', undefined, {}), 401, 'unauthorized'],
      [call('POST', events, { event: 'opened' }, {}), 401, 'unauthorized'],
      [call('POST', '/receipts', { conversation }, { 'x-api-key': 'wrong' }), 401, 'unauthorized'],
      [call('GET', '/conversations/c_nobody'), 404, 'unknown_conversation'],
      [call('GET', '/conversations/c_nobody/receipts'), 404, 'unknown_conversation'],
      [
        call('POST', '/conversations/c_nobody/agent-events', { event: 'opened' }),
        404,
        'unknown_conversation',
      ],
      [call('POST', events, { event: 'shouted' }), 400, 'invalid_request', 'event'],
      [call('POST', events, { event: 'opened', who: 'Kim' }), 400, 'invalid_request', 'who'],
      [call('POST', '/receipts', {}), 400, 'invalid_request'],
      [
        call('POST', '/receipts', { channel: 'simulator', messageId: 'wamid.unknown' }),
        404,
        'unknown_message',
      ],
      [call('GET', '/conversations?limit=0'), 400, 'invalid_request', 'limit'],
    ];
    for (const [answer, status, code, field] of refusals) {
      const { status: got, body } = await answer;
      assert.deepEqual([got, body.error.code, body.error.field], [status, code, field]);
    }
  });
});
