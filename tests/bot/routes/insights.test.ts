import assert from 'node:assert/strict';
import { hourMs, hourOf } from '../../../middleware/acknowledgements/figures/names.ts';
import { binOf } from '../../../middleware/acknowledgements/figures/sketch.ts';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';

describe('insights, over the API', function () {
  this.timeout(30_000);
  let api: ApiHost;
  let hour: number;
  before(async () => {
    api = await startApiHost();
    hour = hourOf(Date.now());
    const of = { channel: 'simulator', business: api.business } as const;
    const other = { channel: 'meta', business: 'b2' } as const;
    const delivery = { name: 'delivery', bin: binOf(2000), count: 1 };
    await api.host.app.store.addFigures([
      { ...of, ...delivery, hour: hour - hourMs, count: 3 },
      { ...of, ...delivery, hour: hour - 2 * hourMs, count: 1 },
      { ...of, ...delivery, hour: hour - 30 * hourMs, count: 5 },
      { ...other, ...delivery, hour: hour - hourMs, count: 7 },
      { ...other, name: 'failed:131026', bin: 0, hour: hour - hourMs, count: 2 },
    ]);
  });
  after(() => api.close());

  const ask = async (query = '') => {
    const { status, body } = await api.call('GET', `/insights${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const iso = (at: number) => new Date(at).toISOString();

  it('are of the last 24 hours, of every business', async () => {
    const { period, delivery, businesses, stuck, moreStuck, hours } = await ask();
    assert.ok(Date.parse(period.to) > Date.now() && Date.parse(period.from) <= Date.now() - 24 * hourMs);
    assert.equal(delivery.count, 11);
    assert.ok(Math.abs(delivery.p50 - 2000) <= 20);
    assert.deepEqual(
      businesses.map((each: { channel: string; delivery: { count: number } }) => [
        each.channel,
        each.delivery.count,
      ]),
      [
        ['meta', 7],
        ['simulator', 4],
      ],
    );
    assert.deepEqual([stuck, moreStuck, hours], [0, false, undefined]);
  });

  it('are of the period, the channel and the business that are asked for', async () => {
    const from = encodeURIComponent(iso(hour - 30 * hourMs));
    assert.equal((await ask(`?from=${from}&to=${iso(hour)}&channel=simulator`)).delivery.count, 9);
    // A time may be written in any zone.
    const zone = encodeURIComponent(iso(hour - hourMs).replace('Z', '+00:00'));
    assert.equal((await ask(`?from=${zone}&business=b2`)).delivery.count, 7);
    assert.equal((await ask('?business=b3')).delivery.count, 0);
  });

  it('are told hour by hour where that is asked for', async () => {
    const { hours } = await ask('?channel=simulator&hourly=true');
    assert.deepEqual(
      hours.map((each: { hour: string; delivery: { count: number } }) => [each.hour, each.delivery.count]),
      [
        [iso(hour - 2 * hourMs), 1],
        [iso(hour - hourMs), 3],
      ],
    );
    assert.equal((await ask('?hourly=false')).hours, undefined);
  });

  it('are told day by day where that is asked for, from the beginning of the period', async () => {
    const from = iso(hour - 47 * hourMs);
    const { days } = await ask(`?channel=simulator&daily=true&from=${from}`);
    assert.deepEqual(
      days.map((each: { day: string; delivery: { count: number } }) => [each.day, each.delivery.count]),
      [
        [from, 5],
        [iso(hour - 23 * hourMs), 4],
      ],
    );
  });

  it('come in whole milliseconds, and say what the codes of failures mean', async () => {
    const { delivery, failureCodes } = await ask();
    assert.ok(Number.isInteger(delivery.p50) && Number.isInteger(delivery.p99));
    const [first] = failureCodes;
    assert.deepEqual(
      [first.channel, first.code, first.is, first.count],
      ['meta', '131026', 'recipient_unreachable', 2],
    );
    assert.match(first.todo, /\w/);
  });

  it('say what the ledger has set aside, and what statuses came to', async () => {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const status = { id: 'wamid.unknown', status: 'read', timestamp };
    await api.webhook({ statuses: [status, status] });
    const conversation = await api.conversationWith(api.simulator.phone('4915550001111'));
    await api.until(
      `/conversations/${conversation}/messages`,
      ({ items }) => items[0]?.level === 'delivered',
    );
    const { ledger } = await ask();
    const { sinceStart, ...now } = ledger;
    assert.deepEqual(now, { orphans: 1, unmatched: 0, quarantined: 0, deadLetters: 0 });
    assert.equal(sinceStart.orphans, 2);
    assert.ok(sinceStart.acknowledged >= 2);
  });

  it('score how a contact reads what it is sent', async () => {
    const phone = api.simulator.phone('4915550002222');
    phone.open();
    const conversation = await api.conversationWith(phone);
    const path = `/conversations/${conversation}`;
    await api.until(`${path}/messages`, ({ items }) => items[0]?.at.read !== undefined);
    assert.deepEqual((await api.call('GET', `${path}/engagement`)).body, { score: 100, messages: 1 });
    const { status, body } = await api.call('GET', '/conversations/c_nobody/engagement');
    assert.deepEqual([status, body.error.code], [404, 'unknown_conversation']);
  });

  it('count as stuck what has not arrived for as long as is asked', async () => {
    const phone = api.simulator.phone('4915550003333');
    const conversation = await api.conversationWith(phone);
    phone.setOnline(false);
    const { body } = await api.call('POST', `/conversations/${conversation}/messages`, { text: 'Hello?' });
    assert.equal(body.level, 'sent');
    // Of this very moment it is not: what was accepted in the last so many milliseconds has time yet.
    assert.deepEqual([(await ask()).stuck, (await ask('?stuckAfterMs=86400000')).stuck], [0, 0]);
    assert.equal((await ask('?stuckAfterMs=0')).stuck, 1);
    phone.setOnline(true);
    await api.until(`/messages/${body.ref}`, ({ level }) => level === 'delivered');
  });

  const refused: readonly (readonly [query: string, field: string])[] = [
    ['from=yesterday', 'from'],
    ['from=1763800000000', 'from'],
    ['to=', 'to'],
    ['from=2026-01-01T00:00:00', 'from'],
    ['from=2020-01-01T00:00:00Z', 'from'],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'from'],
    ['channel=telegram', 'channel'],
    ['business=', 'business'],
    ['hourly=1', 'hourly'],
    ['daily=yes', 'daily'],
    ['stuckAfterMs=', 'stuckAfterMs'],
    ['stuckAfterMs=-1', 'stuckAfterMs'],
    ['stuckAfterMs=5m', 'stuckAfterMs'],
    ['stuckAfterMs=86400001', 'stuckAfterMs'],
    ['form=2026-01-01T00:00:00Z', 'form'],
    ['__proto__=x', '__proto__'],
    ['constructor=x', 'constructor'],
  ];
  for (const [query, field] of refused) {
    it(`are refused for ?${query}, and the field is named`, async () => {
      const { status, body } = await api.call('GET', `/insights?${query}`);
      assert.deepEqual([status, body.error.code, body.error.field], [400, 'invalid_request', field]);
    });
  }
});
