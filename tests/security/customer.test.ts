import assert from 'node:assert/strict';
import { customer } from './attackedChannel.ts';
import { type AttackedHost, startAttackedHost } from './attackedHost.ts';

describe('the reveal of a customer', () => {
  let attacked: AttackedHost;
  before(async () => {
    attacked = await startAttackedHost({});
  });
  after(() => attacked.close());

  it('is logged with the conversation, and never with who was revealed', async () => {
    attacked.host.app.simulator?.phone(customer, { name: 'Anna Example' }).say('hello');
    await attacked.waitForLog(/Webhook admitted/, 1);
    const { items } = await attacked.host.app.store.listConversations({ limit: 1 });
    const path = `/api/v1/conversations/${items[0]?.id}/customer`;
    assert.equal((await attacked.ask({ path })).status, 401);
    assert.doesNotMatch(attacked.logged(), /A customer was revealed/);
    const { status, text } = await attacked.ask({ path, headers: { 'x-api-key': attacked.apiKey } });
    assert.deepEqual([status, JSON.parse(text)], [200, { customer, name: 'Anna Example' }]);
    const line = attacked.logged().match(/^.*A customer was revealed.*$/m)?.[0] ?? '';
    assert.match(line, new RegExp(`"conversation":"${items[0]?.id}"`));
    assert.doesNotMatch(attacked.logged(), new RegExp(`${customer}|Anna Example`));
  });
});
