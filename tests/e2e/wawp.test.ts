import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HostProcess, startHostProcess } from '../support/hostProcess.ts';
import { startWawpStandIn, type WawpStandIn, wawpEvent, wawpMessage } from '../support/wawpStandIn.ts';

const instance = '123456789';
const secret = 'the-webhook-secret-0123456789';
const apiKey = 'a-key-for-the-tests-0123456789';
const customer = '4915550400001';

describe('the main job over Wawp', function () {
  this.timeout(60_000);
  let wawp: WawpStandIn;
  let host: HostProcess;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-wawp-'));
    wawp = await startWawpStandIn(instance);
    host = await startHostProcess({
      WAWP_INSTANCE_ID: instance,
      WAWP_ACCESS_TOKEN: wawp.accessToken,
      WAWP_WEBHOOK_SECRET: secret,
      WAWP_API_URL: wawp.origin,
      BLUETICK_API_KEY: apiKey,
      BLUETICK_DATA: join(folder, 'data'),
      LOG_LEVEL: 'debug',
    });
  });
  after(async () => {
    await host.end('SIGTERM');
    await wawp.close();
    await rm(folder, { recursive: true });
  });

  const post = (event: object, code = secret) =>
    fetch(`${host.url}/webhooks/wawp?code=${code}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(event),
    });
  const tell = async (event: object) => assert.equal((await post(event)).status, 200);
  const paths = () => wawp.calls.map(({ path }) => path.replace('/v2/send/', ''));
  const answered = (count: number) =>
    wawp.waitFor(() => paths().filter(path => path === 'text').length >= count, 25_000);

  it('marks the message read, shows typing, stops it and answers, in the name of the instance', async () => {
    const id = `false_${customer}@c.us_AAAA`;
    await tell(wawpEvent('message', wawpMessage(id, customer, 'hello')));
    await answered(1);
    assert.deepEqual([...new Set(paths())].sort(), ['seen', 'start-typing', 'stop-typing', 'text']);
    const [seen] = wawp.calls.filter(({ path }) => path.endsWith('/seen'));
    assert.deepEqual(seen?.body, {
      instance_id: instance,
      access_token: wawp.accessToken,
      chatId: `${customer}@c.us`,
      messageIds: [id],
    });
    for (const { path, headers } of wawp.calls)
      assert.ok(!`${path} ${JSON.stringify(headers)}`.includes(wawp.accessToken));
  });

  it('waits while the old form of the session’s state says so, and goes on when the new one does', async () => {
    const before = wawp.calls.length;
    const ts = Math.floor(Date.now() / 1000);
    await tell({ instance_id: instance, status: 'SCAN_QR_CODE', qr: 'data:image/png;base64,AA', ts });
    // It was told before, and comes only now.
    const late = { timestamp: (ts - 60) * 1000 };
    await tell(wawpEvent('message', wawpMessage(`false_${customer}@c.us_BBBB`, customer, 'thanks'), late));
    await host.waitForOutput(/"code":"disconnected".*Message not sent/);
    assert.equal(wawp.calls.length, before);
    await tell(wawpEvent('session.status', { name: 'default', status: 'WORKING' }));
    await answered(2);
  });

  it('takes a status in Wawp’s words, from the chat that it names alone', async () => {
    const [id] = wawp.sent.keys();
    const ack = (ackName: string, chat: string) =>
      tell(wawpEvent('message.ack', { id, ackName, ack: 99, chatId: `${chat}@c.us` }));
    await ack('ACK_DELIVERED', customer);
    await ack('ACK_READ', '4915550999999');
    const response = await fetch(`${host.url}/api/v1/messages/${encodeURIComponent(String(id))}`, {
      headers: { 'x-api-key': apiKey },
    });
    const { level, at } = (await response.json()) as { level: string; at: object };
    // That the customer has written since shows that it was read; nobody has reported it.
    assert.ok(['delivered', 'read'].includes(level));
    assert.deepEqual(Object.keys(at), ['delivered']);
  });

  it('leaves another instance’s events alone, and refuses who knows no secret', async () => {
    const message = wawpMessage(`false_${customer}@c.us_CCCC`, customer, 'x');
    await tell(wawpEvent('message', message, { session: 'another-instance' }));
    await host.waitForOutput(/Messages of other businesses are left alone/);
    assert.equal((await post(wawpEvent('message', message), 'wrong')).status, 401);
  });

  it('has written no number, no id of a message and no secret', () => {
    const output = host.output();
    assert.match(output, /Receipt sent/);
    for (const hidden of ['4915550', '@c.us', secret, wawp.accessToken, apiKey, instance])
      assert.ok(!output.includes(hidden), hidden);
  });
});
