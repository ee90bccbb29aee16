import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signBody, statusEnvelope } from '../../bot/simulator/envelopes.ts';
import type { Phone, PhoneMessage } from '../../bot/simulator/phone.ts';
import { createSimulator, type Simulator } from '../../bot/simulator/simulator.ts';
import type { StatusPlanRequest } from '../../bot/simulator/statusPlan.ts';
import { type HostProcess, startHostProcess } from '../support/hostProcess.ts';
import { LedgerApi, type MessageView } from '../support/ledgerApi.ts';
import { lostStatuses } from '../support/lostStatuses.ts';

const business = '106540352242922';
const secrets = {
  accessToken: 'EAAG-the-access-token',
  appSecret: 'the-app-secret-0123456789abcdef',
  verifyToken: 'the-verify-token',
};
const apiKey = 'a-key-for-the-tests-0123456789';

describe('what became of a message, over HTTP on Meta’s wire formats', function () {
  this.timeout(60_000);
  let simulator: Simulator;
  let host: HostProcess;
  let folder: string;
  let customers = 0;
  /** Every host of this suite: what all of them wrote is looked at in the end. */
  const hosts: HostProcess[] = [];
  const api = new LedgerApi(() => host, apiKey);

  const start = async () => {
    host = await startHostProcess({
      META_ACCESS_TOKEN: secrets.accessToken,
      META_PHONE_NUMBER_ID: business,
      META_APP_SECRET: secrets.appSecret,
      META_VERIFY_TOKEN: secrets.verifyToken,
      META_GRAPH_URL: simulator.channelOptions.graphUrl ?? '',
      BLUETICK_API_KEY: apiKey,
      BLUETICK_DATA: join(folder, 'data'),
      LOG_LEVEL: 'debug',
    });
    hosts.push(host);
    simulator.webhookUrl = `${host.url}/webhooks/meta`;
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-ledger-'));
    simulator = await createSimulator({
      ...secrets,
      phoneNumberIds: [business],
      // As Meta, it comes again until somebody takes it; but soon.
      retry: { attempts: 200, longestMs: 100 },
    });
    await start();
  });
  after(async () => {
    await host.end('SIGTERM');
    await simulator.close();
    await rm(folder, { recursive: true });
  });
  afterEach(() => simulator.faults.clear());

  const newPhone = (): Phone => {
    customers += 1;
    return simulator.phone(`4915550${String(300_000 + customers)}`);
  };
  /** The bot's answer to a text, with a plan for its statuses. */
  async function answered(phone: Phone, plan: StatusPlanRequest = {}): Promise<PhoneMessage> {
    const count = () => phone.messages.filter(({ from }) => from === 'business').length;
    const before = count();
    simulator.faults.statuses(plan);
    phone.say('thanks');
    await simulator.waitFor(() => count() > before, 20_000);
    await simulator.idle();
    return phone.messages.findLast(({ from }) => from === 'business') as PhoneMessage;
  }
  /** The bot answers a phone that is off: what it would write itself then, it keeps. */
  const goesOffAfterWriting = (phone: Phone) =>
    void phone
      .waitFor(({ timeline }) => timeline.some(({ what }) => what === 'delivered'), 20_000)
      .then(() => phone.setOnline(false));
  const isRead = ({ level }: MessageView) => level === 'read';
  const hasAll = (view: MessageView) => isRead(view) && view.implied.length === 0;

  it('sent, delivered, read: each with its time, by either id', async () => {
    const phone = newPhone();
    const { id } = await answered(phone);
    const delivered = await api.until(id, ({ level }) => level === 'delivered');
    assert.deepEqual(Object.keys(delivered.at), ['sent', 'delivered']);
    phone.open();
    await simulator.idle();
    const read = await api.message(id);
    assert.deepEqual(await api.message(delivered.ref), read);
    assert.deepEqual(
      [read?.id, read?.channel, read?.level, read?.implied, read?.failures],
      [id, 'meta', 'read', [], []],
    );
    const shown = phone.messages.findLast(message => message.id === id);
    // The wire has whole seconds.
    const onTheWire = (at = 0) => new Date(Math.floor(at / 1000) * 1000).toISOString();
    assert.equal(read?.at.delivered, onTheWire(shown?.deliveredAt));
    assert.equal(read?.at.read, onTheWire(shown?.readAt));
    assert.equal((await api.ask('messages/wamid.unknown')).status, 404);
  });

  for (const seed of [1, 2, 3, 4]) {
    it(`is the same where its statuses come in any order, three times each: seed ${seed}`, async () => {
      const phone = newPhone();
      phone.open();
      const { id } = await answered(phone, { order: 'shuffled', seed, copies: 3 });
      const view = await api.until(id, hasAll);
      assert.deepEqual(Object.keys(view.at), ['sent', 'delivered', 'read']);
    });
  }

  it('marks as implied what nobody reported, until somebody does', async () => {
    const phone = newPhone();
    phone.open();
    const { id } = await answered(phone, { order: 'reversed', without: ['delivered'] });
    const view = await api.until(id, ({ at }) => at.sent !== undefined);
    assert.deepEqual(
      [view.level, Object.keys(view.at), view.implied],
      ['read', ['sent', 'read'], ['delivered']],
    );
    const { body } = await api.ask<{ error: { code: string } }>('messages/o999999');
    assert.equal(body.error.code, 'unknown_message');
  });

  it('keeps a failure beside the level, and words that it does not know out of it', async () => {
    const phone = newPhone();
    simulator.faults.statuses({ fails: { code: 131026 } });
    phone.say('thanks');
    const failed = await simulator.waitFor(
      () => simulator.attempts.find(({ body, status }) => body.includes('131026') && status === 200),
      20_000,
    );
    const [, lostId = ''] = /"id":"(wamid[^"]+)"/.exec(failed.body) ?? [];
    const lost = await api.until(lostId, ({ failures }) => failures.length > 0);
    assert.deepEqual([lost.level, lost.failures[0]?.code], ['accepted', '131026']);
    assert.equal(lost.failures[0]?.detail, 'Message undeliverable');

    const { id } = await answered(phone, {
      fails: { code: 131049, after: 'delivered' },
      also: ['warning', 'deleted'],
    });
    const view = await api.until(id, ({ failures }) => failures.length > 0);
    assert.deepEqual([view.level, view.failures.map(({ code }) => code)], ['delivered', ['131049']]);
    const [newest] = await api.list<{ message: string; code: string }>('failures');
    assert.deepEqual([newest?.message, newest?.code], [view.ref, '131049']);
  });

  for (const correlation of [true, false]) {
    const by = correlation ? 'our own' : 'the provider’s';
    it(`joins a status that came before its call was answered, by ${by} id`, async () => {
      const phone = newPhone();
      phone.open();
      const { id } = await answered(phone, { early: true, correlation });
      const view = await api.until(id, hasAll);
      assert.equal(view.id, id);
      assert.deepEqual(await api.list('orphans'), []);
    });
  }

  it('learns from a status that a message went out whose call was never answered', async () => {
    const phone = newPhone();
    simulator.faults.calls({ kind: 'send', how: { type: 'drop', acted: true } });
    const { id } = await answered(phone, { early: true });
    await api.until(id, ({ level }) => level === 'delivered');
    assert.equal(phone.messages.filter(({ from }) => from === 'business').length, 1);
  });

  it('takes a silent reader’s answer for a read, and says so', async () => {
    const phone = newPhone();
    phone.readReceipts = false;
    phone.open();
    const { id } = await answered(phone);
    const before = await api.until(id, ({ level }) => level === 'delivered');
    // The wire has whole seconds, and an answer within the same one proves nothing.
    phone.say('thanks', { at: Date.parse(before.at.delivered ?? '') + 1000 });
    const after = await api.until(id, isRead);
    assert.deepEqual([Object.keys(after.at), after.implied], [['sent', 'delivered'], ['read']]);
  });

  it('knows a message to a phone that is off as sent, until it is back', async () => {
    const phone = newPhone();
    goesOffAfterWriting(phone);
    const { id } = await answered(phone);
    assert.equal((await api.until(id, ({ at }) => at.sent !== undefined)).level, 'sent');
    phone.setOnline(true);
    await simulator.idle();
    assert.equal((await api.message(id))?.level, 'delivered');
  });

  it('knows of a voice message that it was played', async () => {
    const phone = newPhone();
    phone.open();
    const { conversation } = await api.until((await answered(phone)).id, isRead);
    const media = { url: 'https://example.com/hello.ogg' };
    const { body } = await api.ask<MessageView>(`conversations/${conversation}/messages`, { media });
    await api.until(body.id, hasAll);
    phone.play(body.id);
    await simulator.idle();
    const played = await api.message(body.id);
    assert.deepEqual([played?.level, played?.implied], ['played', []]);
  });

  it('takes the other ninety-nine statuses of a webhook in which one is poisoned', async () => {
    const phone = newPhone();
    goesOffAfterWriting(phone);
    const first = await answered(phone, { without: 'all' });
    const { conversation } = await api.until(first.id, () => true);
    const letters = async () => (await api.list('dead-letters')).length;
    const before = await letters();
    simulator.faults.statuses({ times: 'all', without: 'all' });
    const ids = [first.id];
    while (ids.length < 100) {
      const { status, body } = await api.ask<MessageView>(`conversations/${conversation}/messages`, {
        text: `number ${ids.length}`,
      });
      assert.equal(status, 202);
      ids.push(body.id);
    }
    for (const [round, poisoned] of [0, 50, 99].entries()) {
      const level = (['sent', 'delivered', 'read'] as const)[round] ?? 'sent';
      const entry = ids.flatMap(id => envelopeOf(phone, id, level).entry).with(poisoned, { poison: round });
      const body = JSON.stringify({ object: 'whatsapp_business_account', entry });
      const answer = await fetch(`${host.url}/webhooks/meta`, {
        method: 'POST',
        headers: { 'x-hub-signature-256': signBody(body, secrets.appSecret) },
        body,
      });
      assert.equal(answer.status, 200);
      const views = await api.list<MessageView>(`conversations/${conversation}/messages`);
      const reached = new Set(views.filter(({ at }) => at[level] !== undefined).map(({ id }) => id));
      assert.deepEqual(
        ids.filter(id => !reached.has(id)),
        [ids[poisoned]],
      );
      assert.equal(await letters(), before + round + 1);
    }
  });

  for (const killAfter of [1, 5, 14]) {
    it(`has lost no status that was answered 200 where the host is killed after ${killAfter} of them`, async () => {
      const phones = Array.from({ length: 6 }, newPhone);
      const answeredBefore = simulator.attempts.length;
      const taken = () =>
        simulator.attempts
          .slice(answeredBefore)
          .filter(({ about, status }) => about === 'statuses' && status === 200);
      const hasAnswer = (phone: Phone) => phone.messages.some(({ from }) => from === 'business');
      for (const phone of phones) {
        phone.open();
        simulator.faults.statuses({ copies: 2, order: 'shuffled', seed: killAfter });
        phone.say('thanks');
      }
      await simulator.waitFor(() => taken().length >= killAfter, 20_000);
      await host.end('SIGKILL');
      await start();
      await simulator.waitFor(() => phones.every(hasAnswer), 30_000);
      await simulator.idle(30_000);
      // A call that the kill cut off is made again: then one message of ours has two ids, and what is said of either counts.
      const sent = phones.flatMap(phone => phone.messages.filter(({ from }) => from === 'business'));
      const views = new Map<unknown, MessageView>();
      for (const { id, body } of sent) {
        const view = await api.message(id);
        if (view !== undefined) views.set(body.biz_opaque_callback_data, view);
      }
      assert.equal(views.size, phones.length);
      const messages = new Map(sent.map(({ id, body }) => [id, views.get(body.biz_opaque_callback_data)]));
      assert.deepEqual(lostStatuses(taken(), { messages, orphans: await api.list('orphans') }), []);
    });
  }

  it('has logged neither a number, nor a provider’s id, nor what a failure said', () => {
    const said = hosts.map(each => each.output()).join('');
    assert.match(said, /"acknowledged":1/);
    for (const phone of simulator.phones) {
      assert.ok(!said.includes(phone.customer), 'a phone number');
      for (const { id } of phone.messages) assert.ok(!said.includes(id), 'a provider’s message id');
    }
    for (const hidden of ['wamid.', 'undeliverable', 'ecosystem', ...Object.values(secrets)])
      assert.ok(!said.includes(hidden), hidden);
  });
});

function envelopeOf(phone: Phone, id: string, status: string) {
  return statusEnvelope(business, phone.wire, { id, status, at: Date.now() }) as { entry: object[] };
}
