import assert from 'node:assert/strict';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';

describe('what a provider refused, over the API', () => {
  let api: ApiHost;
  before(async () => {
    api = await startApiHost();
  });
  after(() => api?.close());

  const todo = 'Look at the message: the provider does not take its content or form.';
  const detail = 'Parameter value is not valid';

  it('is told of a message by its code, by our word for it, with what to do and the provider’s words', async () => {
    const phone = api.simulator.phone('4915550001111');
    const conversation = await api.conversationWith(phone);
    api.simulator.faults.calls({ kind: 'send', how: { type: 'code', code: 131009 } });
    const path = `/conversations/${conversation}/messages`;
    const { status, body } = await api.call('POST', path, { text: 'Ready.' });
    assert.deepEqual([status, body.sending, body.failure], [202, 'failed', '131009']);
    assert.deepEqual(body.refusal, { code: '131009', is: 'message_refused', todo, detail });
    assert.deepEqual((await api.call('GET', `/messages/${body.ref}`)).body.refusal, body.refusal);
    await api.restart();
    assert.deepEqual((await api.call('GET', `/messages/${body.ref}`)).body.refusal, body.refusal);
  });

  it('is told of a receipt, and an unknown code is kept with its text', async () => {
    const phone = api.simulator.phone('4915550002222');
    api.simulator.faults.calls({ kind: 'typing', how: { type: 'code', code: 987654 } });
    const conversation = await api.conversationWith(phone);
    const { body } = await api.call('GET', `/conversations/${conversation}/receipts`);
    const [{ outcome, because, refusal }] = body.items;
    assert.deepEqual([outcome, because], ['failed', 'the provider refused it for good (987654)']);
    assert.deepEqual(refusal, {
      code: '987654',
      is: 'unknown',
      todo: 'Look at the provider’s text, which is kept with the message.',
      detail: 'See the code',
    });
  });
});
