import assert from 'node:assert/strict';
import type { Phone } from '../../../bot/simulator/phone.ts';
import type { ChannelName } from '../../../middleware/domain.ts';
import type { LedgerEvent } from '../../../middleware/ports.ts';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';

const hourMs = 60 * 60 * 1000;
const seconds = () => String(Math.floor(Date.now() / 1000));

describe('what was set aside, over the API', function () {
  this.timeout(30_000);
  let api: ApiHost;
  let phone: Phone;
  let conversation: string;
  beforeEach(async () => {
    api = await startApiHost();
    phone = api.simulator.phone('4915550001111');
    conversation = await api.conversationWith(phone);
  });
  afterEach(() => api.close());

  const list = async (kind: string, query = '') => {
    const { status, body } = await api.call('GET', `/${kind}${query}`);
    assert.equal(status, 200);
    return body.items;
  };
  const only = async (kind: string) => {
    const items = await list(kind);
    assert.equal(items.length, 1);
    return items[0];
  };
  const replay = (kind: string, id: string) => api.call('POST', `/${kind}/${id}/replay`);
  const send = async (text: string) =>
    (await api.call('POST', `/conversations/${conversation}/messages`, { text })).body;
  const status = (id: string, over: object = {}) =>
    api.webhook({
      statuses: [{ id, status: 'read', timestamp: seconds(), recipient_id: phone.customer, ...over }],
    });
  const written = (parts: object) => ({
    from: phone.customer,
    id: 'wamid.in',
    timestamp: seconds(),
    ...parts,
  });
  const setAside = (channel: ChannelName, item: unknown) =>
    api.host.app.store.admit({
      admissions: [],
      rejected: [{ channel, reason: 'an earlier version could not read it', item }],
      firstHolder: 'bot',
      now: Date.now(),
      leaseMs: 0,
    });
  const change = (messages: readonly object[]) => ({
    field: 'messages',
    value: { metadata: { phone_number_id: api.business }, messages },
  });

  it('is empty at first, and pages are pages', async () => {
    for (const kind of ['failures', 'orphans', 'quarantine', 'dead-letters']) {
      assert.deepEqual((await api.call('GET', `/${kind}`)).body, { items: [] });
      assert.equal((await api.call('GET', `/${kind}?limit=0`)).body.error.field, 'limit');
    }
    for (const id of ['wamid.a', 'wamid.b', 'wamid.c']) await status(id);
    const first = await api.call('GET', '/orphans?limit=2');
    assert.equal(first.body.next, first.body.items[1].id);
    const second = await api.call('GET', `/orphans?limit=2&after=${first.body.next}`);
    assert.deepEqual(
      [...first.body.items, ...second.body.items].map(item => item.acknowledgement.providerId),
      ['wamid.c', 'wamid.b', 'wamid.a'],
    );
    assert.equal(second.body.next, undefined);
  });

  it('refuses an `after` that none of its pages gave', async () => {
    const lists: Record<string, string> = {
      '/failures': 'f5',
      '/orphans': 'r5',
      '/quarantine': 'q5',
      '/dead-letters': 'd5',
      '/conversations': '1700000000000.5',
      [`/conversations/${conversation}/messages`]: 'o5',
      [`/conversations/${conversation}/thread`]: 'm5.o5',
    };
    for (const [path, own] of Object.entries(lists)) {
      const others = Object.values(lists).filter(id => id !== own);
      for (const after of ['zzz', '', '5', '+4915550001111', `${own}.0`, `${own}%0A`, ...others]) {
        const { status: code, body } = await api.call('GET', `${path}?after=${after}`);
        const { message, ...error } = body.error;
        assert.deepEqual([code, error], [400, { code: 'invalid_request', field: 'after' }], path + after);
        assert.doesNotMatch(message, /zzz|4915550001111/);
      }
      assert.equal((await api.call('GET', `${path}?after=${own}`)).status, 200, path);
    }
    assert.equal((await api.call('GET', '/failures?after=f9007199254740993')).status, 400);
  });

  it('lists the failures that channels report, each code with its message', async () => {
    const message = await send('Come by until 18.');
    const errors = [{ code: 131026, title: 'x', error_data: { details: 'Not on WhatsApp' } }];
    await status(message.id, { status: 'failed', errors });
    const { id, at, ...failure } = await only('failures');
    assert.match(id, /^f\d+$/);
    assert.equal(new Date(at).toISOString(), at);
    const reported = {
      code: '131026',
      is: 'recipient_unreachable',
      todo: 'Reach the customer another way: an escalation does.',
      detail: 'Not on WhatsApp',
    };
    assert.deepEqual(failure, { message: message.ref, conversation, channel: 'simulator', ...reported });
    const { body } = await api.call('GET', `/messages/${message.ref}`);
    assert.deepEqual(body.failures, [{ ...reported, at }]);
  });

  it('keeps a status whose message is not known, also when it is tried again', async () => {
    await status('wamid.not-known-yet');
    const orphan = await only('orphans');
    assert.deepEqual(
      [orphan.unmatched, orphan.acknowledgement.status, orphan.acknowledgement.providerId],
      [false, 'read', 'wamid.not-known-yet'],
    );
    assert.equal(new Date(orphan.acknowledgement.at).toISOString(), orphan.acknowledgement.at);
    assert.deepEqual((await replay('orphans', orphan.id)).body, { what: 'status', became: 'orphan' });
    assert.equal((await only('orphans')).acknowledgement.providerId, 'wamid.not-known-yet');
  });

  it('says which statuses have waited for too long', async () => {
    const acknowledgement = {
      channel: 'simulator',
      business: api.business,
      providerId: 'wamid.long-ago',
      status: 'read',
      means: 'read',
      at: Date.now() - 2 * hourMs,
    } as const;
    const ledger = { entries: [{ acknowledgement }], shared: false };
    const batch = { admissions: [], rejected: [], firstHolder: 'bot', leaseMs: 0, ledger } as const;
    await api.host.app.store.admit({ ...batch, now: Date.now() - hourMs - 1000 });
    await status('wamid.just-now');
    const items = await list('orphans');
    assert.deepEqual(
      items.map((item: { unmatched: boolean }) => item.unmatched),
      [false, true],
    );
  });

  it('keeps statuses of another recipient than their message’s, with the reason', async () => {
    const message = await send('Come by until 18.');
    await status(message.id, { recipient_id: '4915550009999' });
    const quarantined = await only('quarantine');
    assert.deepEqual(
      [quarantined.reason, quarantined.acknowledgement.customer],
      ['recipient', '4915550009999'],
    );
    const { body } = await replay('quarantine', quarantined.id);
    assert.deepEqual(body, { what: 'status', became: 'quarantined', reason: 'recipient' });
    const { level } = (await api.call('GET', `/messages/${message.ref}`)).body;
    assert.notEqual(level, 'read');
  });

  it('applies a status that belongs to its message after all, and tells listeners', async () => {
    const message = await send('Come by until 18.');
    await api.until(`/messages/${message.ref}`, ({ level }) => level === 'delivered');
    const acknowledgement = {
      channel: 'simulator',
      business: api.business,
      providerId: message.id,
      status: 'read',
      means: 'read',
      at: Date.now(),
    } as const;
    // As it is written where the connection does not serve the number, as before it was added to the settings.
    const ledger = { entries: [{ acknowledgement, foreign: true }], shared: false };
    const batch = { admissions: [], rejected: [], firstHolder: 'bot', leaseMs: 0, ledger } as const;
    await api.host.app.store.admit({ ...batch, now: Date.now() });
    const told: LedgerEvent[] = [];
    api.host.app.engine.onLedger(event => void told.push(event));
    const { body } = await replay('quarantine', (await only('quarantine')).id);
    assert.deepEqual(body, { what: 'status', became: 'applied', message: message.ref });
    assert.partialDeepStrictEqual(told, [{ type: 'message.level', message: message.ref, level: 'read' }]);
    assert.equal((await api.call('GET', `/messages/${message.ref}`)).body.level, 'read');
    assert.deepEqual(await list('quarantine'), []);
  });

  it('sends a message again that the provider refused', async () => {
    phone.reachable = false;
    const refused = await send('Come by until 18.');
    phone.reachable = true;
    const letter = await only('dead-letters');
    assert.deepEqual(
      [letter.what, letter.channel, letter.reason, letter.item.outbound, letter.item.content.text],
      ['outbound', 'simulator', '131026', refused.ref, 'Come by until 18.'],
    );
    const { status: code, body } = await replay('dead-letters', letter.id);
    assert.deepEqual([code, body], [200, { what: 'outbound', revived: true }]);
    await phone.waitFor(({ messages }) => messages.some(({ text }) => text === 'Come by until 18.'));
    const sent = await api.until(`/messages/${refused.ref}`, ({ level }) => level === 'delivered');
    assert.deepEqual([sent.sending, sent.failure], ['sent', undefined]);
    assert.deepEqual(await list('dead-letters'), []);
    assert.equal((await replay('dead-letters', letter.id)).body.error.code, 'unknown_item');
  });

  it('runs a turn again that was given up', async () => {
    const { store } = api.host.app;
    const now = Date.now();
    const address = { channel: 'simulator', business: api.business, customer: phone.customer } as const;
    const { admitted } = await store.admit({
      admissions: [
        {
          message: {
            ...address,
            kind: 'message',
            providerId: 'wamid.dead',
            key: 'wamid.dead',
            sentAt: now,
            content: { type: 'text', text: 'What does a puncture cost?' },
          },
          decidedOn: await store.conversation(conversation),
          receipt: undefined,
          solo: false,
          expiresAt: undefined,
          characters: 5,
          turn: true,
        },
      ],
      rejected: [],
      firstHolder: 'bot',
      now,
      leaseMs: 10_000,
    });
    const ref = String(admitted[0]?.ref);
    await store.beginTurn(conversation, now);
    await store.endTurn(conversation, ref, { how: 'dead', reason: 'the bot failed' }, now);
    const letter = await only('dead-letters');
    assert.deepEqual([letter.what, letter.reason], ['turn', 'the bot failed']);
    const { body } = await replay('dead-letters', letter.id);
    assert.deepEqual(body, { what: 'turn', revived: true });
    await phone.waitFor(({ messages }) => /puncture is 15/.test(String(messages.at(-1)?.text)));
  });

  it('reads an item again that could not be read, and keeps it while that is so', async () => {
    await api.webhook({ messages: [written({ id: '', type: 'text', text: { body: 'x' } })] });
    const letter = await only('dead-letters');
    assert.equal(letter.what, 'webhook-item');
    const { body } = await replay('dead-letters', letter.id);
    assert.deepEqual([body.what, body.admitted, body.rejected], ['webhook-item', 0, 1]);
    assert.match(body.reason, /^message is malformed: id/);
    assert.deepEqual(await only('dead-letters'), letter);
  });

  it('admits an item that it can read by now, as if it had just come', async () => {
    await setAside(
      'simulator',
      change([written({ type: 'text', text: { body: 'What does a puncture cost?' } })]),
    );
    const letter = await only('dead-letters');
    const { status: code, body } = await replay('dead-letters', letter.id);
    assert.deepEqual([code, body.admitted, body.rejected, body.reason], [200, 1, 0, undefined]);
    await phone.waitFor(({ messages }) => /puncture is 15/.test(String(messages.at(-1)?.text)));
    assert.deepEqual(await list('dead-letters'), []);
  });

  it('keeps of an item only what it still cannot read', async () => {
    await setAside('simulator', change([written({ type: 'text', text: { body: 'thanks' } }), { id: 5 }]));
    const letter = await only('dead-letters');
    const { body } = await replay('dead-letters', letter.id);
    assert.deepEqual([body.admitted, body.rejected], [1, 1]);
    const left = await only('dead-letters');
    assert.notEqual(left.id, letter.id);
    assert.deepEqual(left.item, change([{ id: 5 }]));
  });

  it('leaves an item alone whose channel is off', async () => {
    await setAside('meta', change([]));
    const letter = await only('dead-letters');
    const { status: code, body } = await replay('dead-letters', letter.id);
    assert.deepEqual([code, body.error.code], [501, 'unsupported']);
    assert.deepEqual(await only('dead-letters'), letter);
  });

  it('tries nothing again but what is listed there', async () => {
    await status('wamid.a');
    const { id } = await only('orphans');
    for (const [kind, other] of [
      ['quarantine', id],
      ['dead-letters', id],
      ['orphans', id.replace('r', 'q')],
      ['orphans', `${id}.0`],
      ['orphans', `r0${id.slice(1)}`],
      ['orphans', 'r999'],
      ['quarantine', 'q1'],
      ['dead-letters', 'd1'],
    ] as const) {
      const { status: code, body } = await replay(kind, other);
      assert.deepEqual([code, body.error.code], [404, 'unknown_item'], `${kind}/${other}`);
    }
    assert.equal((await only('orphans')).id, id);
  });
});
