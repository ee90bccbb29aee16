import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failToStart, type HostProcess, startHostProcess } from '../support/hostProcess.ts';
import {
  startWahaStandIn,
  type WahaStandIn,
  wahaEvent,
  wahaHeaders,
  wahaMessage,
} from '../support/wahaStandIn.ts';

const hmacKey = 'the-hmac-key-0123456789';
const apiKey = 'a-key-for-the-tests-0123456789';

describe('the main job over a linked device', function () {
  this.timeout(60_000);
  let waha: WahaStandIn;
  let host: HostProcess;
  let folder: string;
  let customers = 0;

  const settings = () => ({
    WAHA_URL: waha.origin,
    WAHA_API_KEY: waha.apiKey,
    WAHA_SESSION: 'default',
    WAHA_HMAC_KEY: `${hmacKey}, the-key-before`,
    BLUETICK_API_KEY: apiKey,
    BLUETICK_DATA: join(folder, 'data'),
    PUBLIC_URL: 'https://bot.example.com',
    LOG_LEVEL: 'debug',
  });
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-waha-'));
    waha = await startWahaStandIn(['default']);
    host = await startHostProcess(settings());
  });
  after(async () => {
    await host.end('SIGTERM');
    await waha.close();
    await rm(folder, { recursive: true });
  });

  const newCustomer = () => {
    customers += 1;
    return `4915550${String(300_000 + customers)}`;
  };
  const idOf = (customer: string, own: string) => `false_${customer}@c.us_${own}`;
  const post = (event: object, key = hmacKey) => {
    const body = JSON.stringify(event);
    return fetch(`${host.url}/webhooks/waha`, { method: 'POST', headers: wahaHeaders(body, key), body });
  };
  /** Delivers an event; it must be taken. */
  async function tell(event: object): Promise<void> {
    const response = await post(event);
    assert.equal(response.status, 200, await response.text());
  }
  const say = (customer: string, own: string, text: string, over: object = {}) =>
    tell(wahaEvent('message', wahaMessage(idOf(customer, own), customer, text), over));
  const inSession = (status: string) => tell(wahaEvent('session.status', { status }));
  /** The calls so far about a customer: the last part of the path, and what is told beside session and chat. */
  const callsFor = (customer: string): { path: string; chatId?: unknown }[] =>
    waha.calls
      .map(({ path, body }) => ({ path: path.replace('/api/', ''), ...(body as { chatId?: unknown }) }))
      .filter(({ chatId }) => chatId === `${customer}@c.us`);
  const pathsFor = (customer: string) => callsFor(customer).map(({ path }) => path);
  const answers = (customer: string, count = 1) =>
    waha.waitFor(() => pathsFor(customer).filter(path => path === 'sendText').length >= count, 25_000);
  const ask = async (path: string) => {
    const response = await fetch(`${host.url}/api/v1/${path}`, { headers: { 'x-api-key': apiKey } });
    return (await response.json()) as Record<string, unknown>;
  };
  const messageOf = (customer: string) => {
    const [found] = [...waha.sent].filter(([, { chatId }]) => chatId === `${customer}@c.us`);
    return found?.[0] ?? assert.fail('nothing was sent');
  };

  it('says at the start that the channel is unofficial', async () => {
    await host.waitForOutput(/"channel":"waha".*may block the number/);
  });

  it('marks the message read, shows typing, stops it and answers', async () => {
    const customer = newCustomer();
    await say(customer, 'AAAA', 'hello');
    await answers(customer);
    const paths = pathsFor(customer);
    assert.deepEqual([...new Set(paths)].sort(), ['sendSeen', 'sendText', 'startTyping', 'stopTyping']);
    assert.deepEqual(paths.slice(-2), ['stopTyping', 'sendText']);
    const chatId = `${customer}@c.us`;
    const [seen, ...more] = callsFor(customer).filter(({ path }) => path === 'sendSeen');
    assert.deepEqual(more, []);
    assert.deepEqual(seen, {
      path: 'sendSeen',
      session: 'default',
      chatId,
      messageIds: [idOf(customer, 'AAAA')],
    });
  });

  it('shows that an agent types, and leaves unread what waits for the agent', async () => {
    const customer = newCustomer();
    await say(customer, 'AAAA', 'Can I talk to a person?');
    await answers(customer);
    const { items } = (await ask('conversations')) as { items: { id: string }[] };
    const agent = (event: string) =>
      fetch(`${host.url}/api/v1/conversations/${items[0]?.id}/agent-events`, {
        method: 'POST',
        headers: { 'x-api-key': apiKey },
        body: JSON.stringify({ event, agent: 'Kim' }),
      });
    await agent('accepted');
    await say(customer, 'BBBB', 'My brakes squeal');
    const before = pathsFor(customer).length;
    await agent('typing');
    await waha.waitFor(() => pathsFor(customer).slice(before).includes('startTyping'), 25_000);
    assert.ok(!pathsFor(customer).slice(before).includes('sendSeen'));
  });

  it('answers a message once, though two events tell of it and both come again', async () => {
    const customer = newCustomer();
    const message = wahaMessage(idOf(customer, 'AAAA'), customer, 'thanks');
    const events = ['message', 'message.any'].map(name => wahaEvent(name, message));
    for (const event of [...events, ...events]) await tell(event);
    await answers(customer);
    await say(customer, 'BBBB', 'hello');
    await answers(customer, 2);
    assert.equal(pathsFor(customer).filter(path => path === 'sendText').length, 2);
  });

  it('answers nobody for what is its own, a group’s, or another session’s', async () => {
    const before = waha.calls.length;
    const customer = newCustomer();
    const own = wahaMessage(`true_${customer}@c.us_AAAA`, customer, 'ours');
    await tell(wahaEvent('message.any', { ...own, fromMe: true }));
    const group = { ...wahaMessage('false_120363@g.us_AAAA_1@c.us', customer, 'all'), from: '120363@g.us' };
    await tell(wahaEvent('message', group));
    await tell(wahaEvent('message', wahaMessage(idOf(customer, 'B'), customer, 'x'), { session: 'other' }));
    await host.waitForOutput(/"ignored":\["message is about a group"\]/);
    await host.waitForOutput(/Messages of other businesses are left alone/);
    assert.equal(waha.calls.length, before);
  });

  it('keeps the ticks of what it sent, and that it was taken back', async () => {
    const customer = newCustomer();
    await say(customer, 'AAAA', 'hello');
    await answers(customer);
    const id = messageOf(customer);
    const ack = (ackName: string) =>
      tell(wahaEvent('message.ack', { id, from: `${customer}@c.us`, fromMe: true, ackName }));
    await ack('DEVICE');
    // A status of somebody else's message changes nothing.
    await tell(wahaEvent('message.ack', { id, from: '4915550999999@c.us', fromMe: true, ackName: 'PLAYED' }));
    await ack('READ');
    const own = id.split('_')[2];
    const after = { id: `true_${customer}@c.us_CCCC` };
    await tell(wahaEvent('message.revoked', { after, revokedMessageId: own, before: null }));
    const message = await ask(`messages/${encodeURIComponent(id)}`);
    assert.equal(message.level, 'read');
    assert.equal(typeof message.revokedAt, 'string');
  });

  describe('while the session is not working', () => {
    it('waits with receipts, typing and answers, and goes on when it is', async () => {
      const customer = newCustomer();
      await inSession('SCAN_QR_CODE');
      await host.waitForOutput(/"level":50.*SCAN_QR_CODE.*not connected to WhatsApp/);
      // It was told before, and comes only now.
      await say(customer, 'AAAA', 'hello', { timestamp: Date.now() - 60_000 });
      await host.waitForOutput(/"code":"disconnected".*Message not sent/);
      // Another session's word changes nothing.
      for (const status of ['WORKING', 'STOPPED'])
        await tell(wahaEvent('session.status', { status }, { session: 'other' }));
      await host.waitForOutput(/The state of another business is left alone/);
      assert.deepEqual(pathsFor(customer), []);
      await inSession('WORKING');
      await answers(customer);
      await waha.waitFor(() => pathsFor(customer).includes('sendSeen'), 25_000);
    });

    it('goes on when a message comes, where the word that it works was lost', async () => {
      await inSession('STOPPED');
      const customer = newCustomer();
      await say(customer, 'AAAA', 'thanks');
      await answers(customer);
    });

    it('takes the refusal of a call for a reason to wait, where nobody has told it', async () => {
      const customer = newCustomer();
      waha.strike('session');
      waha.strike('session');
      waha.strike('session');
      await say(customer, 'AAAA', 'hello');
      await answers(customer);
      await waha.waitFor(() => waha.calls.filter(({ path }) => path === '/api/sendSeen').length > 1, 25_000);
      await host.waitForOutput(/"code":"session_not_working"/);
    });
  });

  it('refuses a webhook under another key', async () => {
    const event = wahaEvent('message', wahaMessage('A', newCustomer(), 'x'));
    assert.equal((await post(event, 'another-key')).status, 401);
    assert.equal((await post(event, 'the-key-before')).status, 200);
  });

  it('does not start half set', async () => {
    const { code, output } = await failToStart({ ...settings(), WAHA_HMAC_KEY: '' });
    assert.equal(code, 1);
    assert.match(output, /The channel waha is half set. Missing: WAHA_HMAC_KEY\./);
  });

  it('has written no number, no id of a message, no text and no secret', () => {
    const output = host.output();
    assert.match(output, /Receipt sent/);
    for (const hidden of [
      '4915550',
      '@c.us',
      hmacKey,
      'the-key-before',
      waha.apiKey,
      apiKey,
      'hello',
      ...waha.sent.keys(),
    ])
      assert.ok(!output.includes(hidden), hidden);
  });
});
