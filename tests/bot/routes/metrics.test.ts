import assert from 'node:assert/strict';
import { nameInPrometheus, toExposition } from '../../../bot/telemetry/exposition.ts';
import { instruments } from '../../../middleware/telemetry/instruments.ts';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';
import { type Family, parseExposition } from '../../support/exposition.ts';

describe('GET /metrics', () => {
  let api: ApiHost;
  let families: ReadonlyMap<string, Family>;
  let answer: Response;

  before(async () => {
    api = await startApiHost();
    await api.conversationWith(api.simulator.phone('4915550007101'));
    answer = await fetch(`${api.host.url}/metrics`, { headers: { authorization: `Bearer ${api.key}` } });
    families = parseExposition(await answer.text());
  });

  after(() => api.close());

  const figure = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    families
      .get(name)
      ?.samples.find(sample => Object.entries(labels).every(([label, said]) => sample.labels[label] === said))
      ?.value;

  it('is in Prometheus’ text format, with every metric', () => {
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    assert.deepEqual([...families.keys()], Object.values(instruments).map(nameInPrometheus));
    for (const { help } of families.values()) assert.ok(help.length > 10);
  });

  it('counts a message from its admission to its answer', () => {
    const simulator = { messaging_system: 'simulator' };
    const admitted = { ...simulator, bluetick_outcome: 'admitted' };
    assert.equal(figure('messaging_client_consumed_messages_total', admitted), 1);
    assert.equal(figure('bluetick_receipts_total', { ...simulator, bluetick_outcome: 'sent' }), 1);
    const accepted = { ...simulator, bluetick_outcome: 'accepted' };
    assert.equal(figure('messaging_client_sent_messages_total', accepted), 1);
    for (const wait of ['bluetick_time_to_blue_seconds', 'bluetick_time_to_reply_seconds']) {
      assert.equal(figure(wait, { ...simulator, le: '+Inf' }), 1);
      assert.equal(figure(wait, { ...simulator, le: '10' }), 1);
    }
    const called = 'messaging_client_operation_duration_seconds';
    for (const name of ['markRead', 'send'])
      assert.equal(figure(called, { ...simulator, messaging_operation_name: name, le: '+Inf' }), 1);
    const turns = 'messaging_process_duration_seconds';
    assert.equal(figure(turns, { ...simulator, bluetick_outcome: 'done', le: '+Inf' }), 1);
  });

  it('says how it is now', () => {
    assert.equal(figure('bluetick_store_up'), 1);
    assert.equal(figure('bluetick_dead_letters'), 0);
    assert.equal(figure('bluetick_stuck', { messaging_system: 'simulator' }), 0);
    assert.equal(figure('bluetick_velocity_slow', { messaging_system: 'simulator' }), 0);
  });

  it('is for who has a key', async () => {
    assert.equal((await fetch(`${api.host.url}/metrics`)).status, 401);
  });
});

describe('the text format', () => {
  it('escapes what a text may hold', () => {
    const description = 'a \\ and\na line';
    const metric = { name: 'a.b', kind: 'gauge', unit: '1', description, attributes: [] } as const;
    const text = toExposition([{ ...metric, points: [{ attributes: { 'c.d': '"e" \\ \n' }, value: 2 }] }]);
    assert.equal(text, '# HELP a_b a \\\\ and\\na line\n# TYPE a_b gauge\na_b{c_d="\\"e\\" \\\\ \\n"} 2\n');
    assert.equal(parseExposition(text).size, 1);
  });
});
