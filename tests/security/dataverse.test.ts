import assert from 'node:assert/strict';
import { deepestNesting } from '../../middleware/channels/readJsonBody.ts';
import { inConversation, workItemBody } from '../support/dataverse.ts';
import { customer } from './attackedChannel.ts';
import { type Attack, type AttackedHost, startAttackedHost } from './attackedHost.ts';

const secret = 'the-key-of-today-0123456789';
const older = 'the-key-of-yesterday-012345';
const workItem = 'cccccccc-0000-4000-8000-000000000001';
const body = JSON.stringify(
  workItemBody({ workItem, at: 1000, target: { ...inConversation, new_phone: customer } }),
);
const bodyLimit = 256 * 1024;

describe('the webhook of Dataverse', () => {
  let attacked: AttackedHost;
  let untouched: string;
  before(async () => {
    attacked = await startAttackedHost({
      DATAVERSE_WEBHOOK_KEY: `${secret},${older}`,
      DATAVERSE_WEBHOOK_HEADER: 'x-bluetick-key',
      DATAVERSE_WEBHOOK_PARAMETER: 'secret',
      DATAVERSE_CORRELATE_BY: 'customer:new_phone',
    });
    attacked.host.app.simulator?.phone(customer).say('hello');
    await attacked.waitForLog(/Webhook admitted/, 1);
    untouched = await attacked.contents();
  });
  after(() => attacked.close());

  const send = (over: Partial<Attack> & { readonly query?: string }) =>
    attacked.ask({ method: 'POST', path: `/webhooks/dataverse${over.query ?? ''}`, body, ...over });
  const proved = (over: Partial<Attack> = {}) => send({ query: `?code=${secret}`, ...over });

  const unproved: Readonly<Record<string, Partial<Attack> & { readonly query?: string }>> = {
    nothing: {},
    'an empty key': { query: '?code=', headers: { 'x-bluetick-key': '' } },
    'another key of its length': { query: `?code=${secret.replace('0', '1')}` },
    'the key but for its end': { query: `?code=${secret.slice(0, -1)}` },
    'the key with more behind it': { query: `?code=${secret}x` },
    'both keys in one': { query: `?code=${secret},${older}` },
    'the key in upper case': { query: `?code=${secret.toUpperCase()}` },
    'the key under another name': { query: `?key=${secret}` },
    'the name in upper case': { query: `?CODE=${secret}` },
    'the key twice': { query: `?code=${secret}&code=${secret}` },
    'the key under both names': { query: `?code=${secret}&secret=${secret}` },
    'the key in a list': { query: `?code[]=${secret}` },
    'the key behind more than is read': { query: `?${'a'.repeat(5000)}&code=${secret}` },
    'the key in the header of other webhooks': { headers: { 'x-webhook-secret': secret } },
    'the header twice': { headers: { 'x-bluetick-key': [secret, secret] } },
    'a wrong header and the key': { query: `?code=${secret}`, headers: { 'x-bluetick-key': 'another' } },
    'the key as a token': { headers: { authorization: `Bearer ${secret}` } },
    'the key in the body': { body: JSON.stringify({ code: secret }) },
    'the administrator’s key': { headers: { 'x-api-key': 'an-administrator-s-key-0123456789' } },
  };

  it('refuses all of them with one answer, unread, which changes nothing', async () => {
    const answers = new Set<string>();
    for (const [what, attack] of Object.entries(unproved))
      for (const bytes of [attack.body ?? body, '{', '['.repeat(100_000)]) {
        const { status, shown } = await send({ ...attack, body: bytes });
        assert.equal(status, 401, what);
        answers.add(shown);
      }
    assert.equal(answers.size, 1);
    assert.ok(![...answers][0]?.includes(secret));
    assert.equal(await attacked.contents(), untouched);
  });

  const malformed: Readonly<Record<string, string>> = {
    nothing: '',
    'no JSON': 'hello',
    'half of it': body.slice(0, body.length / 2),
    'the key __proto__': body.replace('{', '{"__proto__":{"isAdmin":true},'),
    'the key constructor': body.replace('{', '{"constructor":{"prototype":1},'),
    'more levels than there are': `${'['.repeat(deepestNesting + 1)}${']'.repeat(deepestNesting + 1)}`,
    'brackets as far as they go': '['.repeat(bodyLimit),
    'bytes that are not UTF-8': '{"a":"\xff"}',
  };
  for (const [what, bytes] of Object.entries(malformed)) {
    it(`refuses a body that is ${what}, also with the key`, async () => {
      assert.equal((await proved({ body: Buffer.from(bytes, 'latin1') })).status, 400);
      assert.equal(({} as Record<string, unknown>).isAdmin, undefined);
      assert.equal(await attacked.contents(), untouched);
    });
  }

  it('reads bodies up to its limit', async () => {
    const padded = (size: number) => JSON.stringify({}).padEnd(size);
    for (const chunked of [false, true])
      assert.equal((await proved({ body: padded(bodyLimit + 1), chunked })).status, 413);
    assert.equal((await proved({ body: padded(bodyLimit) })).status, 200);
    assert.equal(await attacked.contents(), untouched);
  });

  it('takes nothing from bodies of other forms', async () => {
    for (const other of [null, 1, 'x', [], [[]], { PrimaryEntityName: 'msdyn_ocliveworkitem' }]) {
      assert.equal((await proved({ body: JSON.stringify(other) })).status, 200);
      assert.equal(await attacked.contents(), untouched);
    }
  });

  it('logs neither the key nor a number, nor what a body says', async () => {
    const words = 'the-words-of-a-row';
    const strange = workItemBody({ workItem, target: { ...inConversation, new_phone: words } });
    assert.equal((await proved({ body: JSON.stringify(strange) })).status, 200);
    assert.equal((await proved()).status, 200);
    for (const hidden of [secret, older, customer, words])
      assert.ok(!attacked.logged().includes(hidden), hidden);
    assert.match(attacked.logged(), /Dynamics 365 told of a work item/);
  });

  it('takes each of the keys, by the header and by either parameter', async () => {
    for (const key of [secret, older])
      for (const attack of [
        { query: `?code=${key}` },
        { query: `?secret=${key}&more=1` },
        { headers: { 'X-Bluetick-Key': key } },
      ])
        assert.equal((await send(attack)).status, 200);
  });
});

describe('without a key for Dataverse', () => {
  it('there is no such route', async () => {
    const attacked = await startAttackedHost({});
    try {
      const { status } = await attacked.ask({ method: 'POST', path: '/webhooks/dataverse?code=', body });
      assert.equal(status, 404);
    } finally {
      await attacked.close();
    }
  });
});
