import assert from 'node:assert/strict';
import { formatDuration } from '../../../bot/console/base/duration.ts';
import { toCsv } from '../../../bot/console/insights/csv.ts';
import { bucketsOf, type Figures, isEmpty, seriesOf } from '../../../bot/console/insights/figures.ts';
import { askFor, localTime } from '../../../bot/console/insights/period.ts';

const hourMs = 3_600_000;
const from = Date.parse('2026-11-22T09:00:00Z');
const none = { count: 0, p50: null, p95: null, p99: null };
const nothing: Figures = {
  receiptWait: none,
  replyWait: none,
  delivery: none,
  reading: none,
  messages: { accepted: 0, delivered: 0, read: 0, impliedRead: 0, played: 0, failed: 0 },
  readWithin60s: null,
  silentReaderShare: null,
  refused: {},
  escalations: { escalated: 0, cancelled: 0, failed: 0 },
};
const some: Figures = {
  ...nothing,
  delivery: { count: 3, p50: 1000, p95: 2000, p99: 3000 },
  readWithin60s: 0.5,
};
const answer = {
  ...some,
  period: { from: new Date(from).toISOString(), to: new Date(from + 4 * hourMs).toISOString() },
  stuck: 0,
  moreStuck: false,
  failureCodes: [],
  businesses: [],
  hours: [{ ...some, hour: new Date(from + hourMs).toISOString() }],
};

describe('the figures of the insights page', () => {
  it('have a step for each hour that has begun, so that gaps are seen', () => {
    const buckets = bucketsOf(answer, hourMs, from + 2.5 * hourMs);
    assert.deepEqual(
      buckets.map(({ at, figures }) => [at, figures?.delivery.count]),
      [
        [from, undefined],
        [from + hourMs, 3],
        [from + 2 * hourMs, undefined],
      ],
    );
    assert.deepEqual(seriesOf(buckets, 'delivery'), [
      [from / 1000, from / 1000 + 3600, from / 1000 + 7200],
      [null, 1000, null],
      [null, 2000, null],
      [null, 3000, null],
    ]);
  });

  it('have days the same way', () => {
    const { hours: _hours, ...rest } = answer;
    const days = [{ ...some, day: rest.period.from }];
    const buckets = bucketsOf({ ...rest, days }, 24 * hourMs, from + 40 * hourMs);
    assert.deepEqual(
      buckets.map(({ figures }) => figures?.delivery.p50),
      [1000],
    );
  });

  it('are none only where nothing at all was counted', () => {
    const empty = { ...answer, ...nothing };
    assert.equal(isEmpty(empty), true);
    assert.equal(isEmpty(answer), false);
    assert.equal(isEmpty({ ...empty, stuck: 1 }), false);
    assert.equal(isEmpty({ ...empty, refused: { window_closed: 1 } }), false);
  });

  it('go into a spreadsheet as lines of one length, what was not counted empty', () => {
    const csv = toCsv(bucketsOf(answer, hourMs, from + 1.5 * hourMs), some);
    const [head = '', first = '', second = '', total = '', end] = csv.split('\r\n');
    assert.equal(end, '');
    const names = head.split(',');
    for (const line of [first, second, total]) assert.equal(line.split(',').length, names.length);
    const cell = (line: string, name: string) => line.split(',')[names.indexOf(name)];
    assert.equal(cell(first, 'from'), '2026-11-22T09:00:00.000Z');
    assert.equal(cell(first, 'delivery.p50Ms'), '');
    assert.equal(cell(second, 'delivery.p50Ms'), '1000');
    assert.equal(cell(second, 'receiptWait.p50Ms'), '');
    assert.equal(cell(second, 'messages.accepted'), '0');
    assert.deepEqual([cell(total, 'from'), cell(total, 'readWithin60s')], ['total', '0.5']);
  });
});

describe('the period of the insights page', () => {
  const own = { from: '2026-11-01T00:00', to: '2026-11-22T00:00' };
  const ask = (name: Parameters<typeof askFor>[0], business = '') => askFor(name, from, own, business);

  it('asks for hours up to a week, and for days beyond', () => {
    for (const name of ['hour', 'day', 'week'] as const)
      assert.deepEqual([ask(name)?.step, ask(name)?.query.get('hourly')], [hourMs, 'true'], name);
    for (const name of ['month', 'own'] as const)
      assert.deepEqual([ask(name)?.step, ask(name)?.query.get('daily')], [24 * hourMs, 'true'], name);
    assert.equal(ask('day')?.query.get('from'), '2026-11-21T09:00:00.000Z');
    assert.equal(ask('day')?.query.get('to'), '2026-11-22T09:00:00.000Z');
  });

  it('asks for one business where one is chosen', () => {
    assert.equal(ask('day', 'b & c')?.query.get('business'), 'b & c');
    assert.equal(ask('day')?.query.has('business'), false);
  });

  it('is none where its times are missing or the wrong way round', () => {
    for (const wrong of [
      { from: '', to: own.to },
      { from: own.to, to: own.from },
      { from: own.from, to: own.from },
    ])
      assert.equal(askFor('own', from, wrong, ''), undefined);
  });

  it('is entered in the zone of the browser', () => {
    assert.equal(Date.parse(localTime(from)), from);
  });
});

describe('a duration', () => {
  it('is told in the unit that people would take', () => {
    const told = [0, 640, 1500, 90_000, 200_000, 3 * hourMs, 72 * hourMs].map(ms => formatDuration(ms, 'en'));
    assert.deepEqual(told, ['0 ms', '640 ms', '1.5 sec', '90 sec', '3.33 min', '3 hr', '3 days']);
    assert.equal(formatDuration(1500, 'de'), '1,5 Sek.');
  });
});
