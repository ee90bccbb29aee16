import assert from 'node:assert/strict';
import { createSimulator, type Simulator } from '../../../bot/simulator/simulator.ts';
import { business, customer } from './receiver.ts';

describe('simulator: faults of the API', () => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await createSimulator({
      accessToken: 'token',
      appSecret: 'secret',
      verifyToken: 'verify',
      phoneNumberIds: [business],
    });
    simulator.phone(customer).say('hi');
  });
  afterEach(() => simulator.close());

  const send = (signal?: AbortSignal) =>
    fetch(`${simulator.url}/v25.0/${business}/messages`, {
      method: 'POST',
      headers: { authorization: 'Bearer token' },
      body: JSON.stringify({
        messaging_product: 'whatsapp',
        to: customer,
        type: 'text',
        text: { body: 'x' },
      }),
      ...(signal === undefined ? {} : { signal }),
    });
  const arrived = () => simulator.phone(customer).messages.filter(({ from }) => from === 'business').length;

  it('strikes the next so many calls of a kind', async () => {
    simulator.faults.calls({ kind: 'read', how: { type: 'status', status: 500 } });
    simulator.faults.calls({ kind: 'send', times: 2, how: { type: 'code', code: 131000, status: 500 } });
    const codes: number[] = [];
    for (let time = 0; time < 3; time++) codes.push((await send()).status);
    assert.deepEqual(codes, [500, 500, 200]);
    assert.equal(arrived(), 1);
  });
  it('strikes all calls until cleared', async () => {
    simulator.faults.calls({ times: 'all', how: { type: 'status', status: 503 } });
    for (let time = 0; time < 3; time++) assert.equal((await send()).status, 503);
    simulator.faults.clear();
    assert.equal((await send()).status, 200);
  });
  it('asks for a wait', async () => {
    simulator.faults.calls({ how: { type: 'rate', retryAfterSeconds: 3 } });
    const response = await send();
    assert.deepEqual([response.status, response.headers.get('retry-after')], [429, '3']);
    assert.equal(((await response.json()) as { error: { code: number } }).error.code, 130429);
    simulator.faults.calls({ how: { type: 'rate' } });
    assert.equal((await send()).headers.get('retry-after'), null);
  });
  it('never answers, having acted or not', async () => {
    for (const acted of [false, true]) {
      simulator.faults.calls({ how: { type: 'hang', acted } });
      const stop = new AbortController();
      const before = simulator.calls.length;
      const call = assert.rejects(send(stop.signal));
      await simulator.waitForCalls(before + 1);
      stop.abort();
      await call;
    }
    await simulator.phone(customer).waitFor(() => arrived() === 1);
  });
  it('breaks the connection, having acted or not', async () => {
    for (const acted of [false, true]) {
      simulator.faults.calls({ how: { type: 'drop', acted } });
      await assert.rejects(send());
    }
    assert.equal(arrived(), 1);
  });
  it('is slow', async () => {
    simulator.faults.calls({ how: { type: 'slow', ms: 30 } });
    const before = performance.now();
    assert.equal((await send()).status, 200);
    assert.ok(performance.now() - before >= 25);
  });
  it('refuses a fault that it does not know', () => {
    assert.throws(() => simulator.faults.calls({ how: { type: 'status', status: 200 } }));
  });
  it('ends calls that hang when it is closed', async () => {
    simulator.faults.calls({ times: 'all', how: { type: 'hang' } });
    const call = assert.rejects(send());
    await simulator.waitForCalls(1);
    await simulator.close();
    await call;
  });
});
