import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Phone } from '../../bot/simulator/phone.ts';
import { createSimulator, type Simulator } from '../../bot/simulator/simulator.ts';
import { type HostProcess, startHostProcess } from '../support/hostProcess.ts';

/** One business number for each policy, so that one host serves all tests. */
const numbers = {
  default: '106540352242922',
  noTyping: '106540352242923',
  replying: '106540352242924',
  delayed: '106540352242925',
} as const;

const policies = {
  businesses: {
    [numbers.noTyping]: { typing: { show: false } },
    [numbers.replying]: { read: { when: 'replying' } },
    [numbers.delayed]: { read: { delay: { minMs: 1500 } } },
  },
};

const secrets = {
  accessToken: 'EAAG-the-access-token',
  appSecret: 'the-app-secret-0123456789abcdef',
  verifyToken: 'the-verify-token',
};

describe('the main job, over HTTP on Meta’s wire formats', function () {
  this.timeout(40_000);
  let simulator: Simulator;
  let host: HostProcess;
  let folder: string;
  let customers = 0;

  const settings = () => ({
    META_ACCESS_TOKEN: secrets.accessToken,
    META_PHONE_NUMBER_ID: Object.values(numbers).join(','),
    META_APP_SECRET: `${secrets.appSecret}, the-secret-before-0123456789`,
    META_VERIFY_TOKEN: secrets.verifyToken,
    META_GRAPH_URL: simulator.channelOptions.graphUrl ?? '',
    BLUETICK_API_KEY: 'a-key-for-the-tests-0123456789',
    BLUETICK_DATA: join(folder, 'data'),
    BLUETICK_POLICY: join(folder, 'policy.json'),
    LOG_LEVEL: 'debug',
  });
  /** Every host of this suite: what all of them wrote is looked at in the end. */
  const hosts: HostProcess[] = [];
  const start = async () => {
    host = await startHostProcess(settings());
    hosts.push(host);
    simulator.webhookUrl = `${host.url}/webhooks/meta`;
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-e2e-'));
    await writeFile(join(folder, 'policy.json'), JSON.stringify(policies));
    simulator = await createSimulator({
      ...secrets,
      phoneNumberIds: Object.values(numbers) as [string, ...string[]],
    });
    await start();
  });
  after(async () => {
    await host.end('SIGTERM');
    await simulator.close();
    await rm(folder, { recursive: true });
  });
  afterEach(() => simulator.faults.clear());

  /** A customer nobody has heard of before. */
  const newPhone = (business: string = numbers.default): Phone => {
    customers += 1;
    return simulator.phone(`4915550${String(100_000 + customers)}`, { business });
  };
  const answers = (phone: Phone, count = 1) =>
    simulator.waitFor(() => phone.messages.filter(({ from }) => from === 'business').length >= count, 20_000);
  const blue = (phone: Phone) =>
    simulator.waitFor(
      () => phone.messages.every(({ from, tick }) => from === 'business' || tick === 'read'),
      20_000,
    );
  const story = (phone: Phone) =>
    phone.timeline
      .map(({ what }) => what)
      .filter(what => what !== 'customer' && what !== 'delivered' && what !== 'opened');
  /** The calls that reached the provider about a phone's messages, in order. */
  const callsFor = (phone: Phone) => {
    const ids = new Set(phone.messages.map(({ id }) => id));
    return simulator.calls
      .map(({ body, phoneNumberId }) => ({ phoneNumberId, body: body as Record<string, unknown> }))
      .filter(({ body }) => ids.has(String(body.message_id)) || body.to === phone.customer);
  };

  it('marks the message read with typing in one call, then answers, with the documented bodies', async () => {
    const phone = newPhone();
    const { id } = phone.say('hello');
    await answers(phone);
    assert.deepEqual(story(phone), ['blue', 'typing', 'typingEnd', 'business']);
    const [read, send, ...more] = callsFor(phone);
    assert.deepEqual(more, []);
    assert.deepEqual(read, {
      phoneNumberId: numbers.default,
      body: {
        messaging_product: 'whatsapp',
        status: 'read',
        message_id: id,
        typing_indicator: { type: 'text' },
      },
    });
    const { biz_opaque_callback_data: correlation, text, ...rest } = send?.body ?? {};
    assert.deepEqual(rest, {
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: phone.customer,
      type: 'text',
    });
    assert.match((text as { body: string }).body, /^Hello!/);
    assert.match(String(correlation), /^[0-9a-f-]{36}$/);
  });

  it('marks the message read without typing where typing.show is false, then answers', async () => {
    const phone = newPhone(numbers.noTyping);
    const { id } = phone.say('hello');
    await answers(phone);
    assert.deepEqual(story(phone), ['blue', 'business']);
    assert.deepEqual(callsFor(phone)[0]?.body, {
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: id,
    });
  });

  it('does nothing before the dialog’s first reply is ready with moment replying', async () => {
    const phone = newPhone(numbers.replying);
    const { at } = phone.say('Is my bicycle ready?');
    await answers(phone);
    assert.deepEqual(story(phone), ['blue', 'business']);
    // The bot looks it up for four seconds.
    assert.ok(Number(phone.timeline.find(({ what }) => what === 'blue')?.at) - at >= 3900);
  });

  it('shows typing while the bot takes its time, and the answer ends it', async () => {
    const phone = newPhone();
    phone.say('Is my bicycle ready?');
    await simulator.waitFor(() => phone.typing, 5000);
    assert.deepEqual(story(phone), ['blue', 'typing']);
    await answers(phone);
    assert.equal(phone.typing, false);
    assert.equal(callsFor(phone).length, 2);
  });

  it('makes one call for ten messages in one webhook, and answers each in order', async () => {
    const phone = newPhone();
    const said = phone.sayMany(
      Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? 'hello' : 'prices')),
    );
    await answers(phone, 10);
    const reads = callsFor(phone).filter(({ body }) => body.status === 'read');
    assert.deepEqual(
      reads.map(({ body }) => body.message_id),
      [said.at(-1)?.id],
    );
    const replies = phone.messages
      .filter(({ from }) => from === 'business')
      .map(({ text = '' }) => text.slice(0, 5));
    assert.deepEqual(
      replies,
      Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? 'Hello' : 'A pun')),
    );
    assert.ok(phone.messages.every(({ from, tick }) => from === 'business' || tick === 'read'));
  });

  it('makes one call for ten messages within the read delay', async () => {
    const phone = newPhone(numbers.delayed);
    for (let index = 0; index < 10; index += 1) phone.say('hello');
    await answers(phone, 10);
    assert.equal(callsFor(phone).filter(({ body }) => body.status === 'read').length, 1);
    const [first] = phone.messages;
    assert.ok(Number(first?.readAt) - Number(first?.at) >= 1400);
  });

  it('does nothing for a webhook that is delivered again', async () => {
    const phone = newPhone();
    simulator.faults.webhooks({ about: 'messages', how: { type: 'repeat', more: 3 } });
    phone.say('hello');
    await answers(phone);
    await simulator.idle();
    // What comes after is answered after whatever the repeats might have caused.
    phone.say('thanks');
    await answers(phone, 2);
    await blue(phone);
    assert.equal(callsFor(phone).length, 4);
    assert.equal(phone.messages.filter(({ from }) => from === 'business').length, 2);
  });

  it('does not let two conversations wait for each other', async () => {
    const slow = newPhone();
    const quick = newPhone();
    slow.say('Is my bicycle ready?');
    await simulator.waitFor(() => slow.typing);
    quick.say('hello');
    await answers(quick);
    assert.equal(slow.messages.length, 1);
    await answers(slow);
  });

  it('delays the answer by the barrier at most when the provider hangs, and sends the receipt later', async () => {
    const phone = newPhone();
    simulator.faults.calls({ kind: 'typing', how: { type: 'hang' } });
    const { at } = phone.say('hello');
    await answers(phone);
    assert.deepEqual(story(phone), ['business']);
    const repliedAt = Number(phone.messages.at(-1)?.at);
    assert.ok(repliedAt - at >= 1400, `the barrier was not waited for: ${repliedAt - at} ms`);
    await blue(phone);
    assert.deepEqual(story(phone), ['business', 'blue']);
  });

  it('answers unharmed when receipts fail, and tries them again', async () => {
    const phone = newPhone();
    simulator.faults.calls({ kind: 'typing', how: { type: 'status', status: 500 } });
    simulator.faults.calls({ kind: 'read', how: { type: 'status', status: 500 } });
    phone.say('hello');
    await answers(phone);
    await blue(phone);
    assert.equal(phone.messages.filter(({ from }) => from === 'business').length, 1);
    assert.ok(callsFor(phone).filter(({ body }) => body.status === 'read').length >= 2);
  });

  it('waits as long as Retry-After says', async () => {
    const phone = newPhone();
    simulator.faults.calls({ kind: 'typing', how: { type: 'rate', retryAfterSeconds: 3 } });
    const { at } = phone.say('hello');
    await blue(phone);
    assert.ok(Number(phone.messages[0]?.readAt) - at >= 2900);
  });

  it('sends receipt and answer after a SIGKILL behind the 2xx and a restart, each once', async () => {
    const phone = newPhone(numbers.delayed);
    phone.say('hello');
    await simulator.idle();
    await host.end('SIGKILL');
    assert.deepEqual(story(phone), []);
    await start();
    await answers(phone);
    await blue(phone);
    assert.deepEqual(
      story(phone).filter(what => what === 'blue' || what === 'business'),
      ['blue', 'business'],
    );
    assert.equal(callsFor(phone).length, 2);
  });

  it('ends on SIGTERM in order, and takes up afterwards what was under way', async () => {
    const phone = newPhone(numbers.delayed);
    phone.say('hello');
    await simulator.idle();
    assert.equal(await host.end('SIGTERM'), 0);
    assert.deepEqual(story(phone), []);
    await start();
    await answers(phone);
    assert.deepEqual(
      story(phone).filter(what => what === 'blue' || what === 'business'),
      ['blue', 'business'],
    );
  });

  describe('at the door', () => {
    const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [] });
    const signed = (secret: string, over = body) =>
      `sha256=${createHmac('sha256', secret).update(over).digest('hex')}`;
    const post = async (headers: Record<string, string>, content = body) => {
      const answer = await fetch(`${host.url}/webhooks/meta`, { method: 'POST', body: content, headers });
      return { status: answer.status, text: await answer.text() };
    };

    it('answers the challenge, and only with the verify token', async () => {
      assert.equal(await simulator.verifyWebhook(), true);
      const query = 'hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=';
      const good = await fetch(`${host.url}/webhooks/meta?${query}${secrets.verifyToken}`);
      assert.deepEqual([good.status, await good.text()], [200, '1158201444']);
      const bad = await fetch(`${host.url}/webhooks/meta?${query}guess`);
      assert.equal(bad.status, 403);
      assert.doesNotMatch(await bad.text(), /1158201444/);
    });

    it('takes either secret while one is rotated, and nothing else', async () => {
      assert.equal((await post({ 'x-hub-signature-256': signed(secrets.appSecret) })).status, 200);
      assert.equal(
        (await post({ 'x-hub-signature-256': signed('the-secret-before-0123456789') })).status,
        200,
      );
      for (const signature of [signed('another'), signed(secrets.appSecret, `${body} `), 'sha256=', 'x']) {
        const refused = await post({ 'x-hub-signature-256': signature });
        assert.equal(refused.status, 401);
        assert.equal(JSON.parse(refused.text).error.code, 'unauthorized');
        assert.ok(!refused.text.includes(signed(secrets.appSecret)));
      }
      assert.equal((await post({})).status, 401);
    });

    it('refuses what is too large or not what it should be', async () => {
      assert.equal((await post({}, 'x'.repeat(4 * 1024 * 1024 + 1))).status, 413);
      const odd = '{"object":';
      assert.equal((await post({ 'x-hub-signature-256': signed(secrets.appSecret, odd) }, odd)).status, 400);
      const nowhere = await fetch(`${host.url}/webhooks/acs`, { method: 'POST' });
      assert.equal(nowhere.status, 404);
      assert.equal(((await nowhere.json()) as { error: { code: string } }).error.code, 'unknown_route');
    });

    it('says that it lives and is ready', async () => {
      assert.equal((await fetch(`${host.url}/healthz`)).status, 200);
      assert.equal((await fetch(`${host.url}/readyz`)).status, 200);
    });

    it('explains a policy to those who have the key', async () => {
      const ask = (headers: Record<string, string>, over: object = {}) =>
        fetch(`${host.url}/api/v1/policies/explain`, {
          method: 'POST',
          headers,
          body: JSON.stringify({
            channel: 'meta',
            text: 'hello',
            policy: { read: { delay: { minMs: 800 } } },
            ...over,
          }),
        });
      assert.equal((await ask({})).status, 401);
      const answer = await ask({ authorization: 'Bearer a-key-for-the-tests-0123456789' });
      const { timeline } = (await answer.json()) as { timeline: { at: number; what: string }[] };
      assert.deepEqual(
        timeline.map(({ at, what }) => [at, what]),
        [
          [800, 'read'],
          [800, 'reply'],
        ],
      );
      const impossible = { policy: { read: { when: 'never' }, typing: { show: true } } };
      const refused = await ask({ 'x-api-key': 'a-key-for-the-tests-0123456789' }, impossible);
      assert.equal(refused.status, 400);
      const { error } = (await refused.json()) as { error: { code: string; field: string } };
      assert.deepEqual([error.code, error.field], ['invalid_policy', 'policy.typing.show']);
    });
  });

  it('has logged neither a number, nor a provider’s id, nor a text, nor a secret', () => {
    const said = hosts.map(each => each.output()).join('');
    assert.match(said, /Receipt not sent/);
    assert.match(said, /Receipt sent/);
    for (const phone of simulator.phones) {
      assert.ok(!said.includes(phone.customer), 'a phone number');
      for (const { id, text } of phone.messages) {
        assert.ok(!said.includes(id), 'a provider’s message id');
        assert.ok(text === undefined || text.length < 10 || !said.includes(text), 'a text');
      }
    }
    for (const secret of Object.values(secrets)) assert.ok(!said.includes(secret), 'a secret');
  });
});
