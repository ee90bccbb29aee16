import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';

describe('the scopes of policies, over the API', function () {
  this.timeout(20_000);
  let folder: string;
  let api: ApiHost;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-scopes-'));
    const file = join(folder, 'policy.json');
    const policyBook = {
      default: { read: { delay: { minMs: 1 } } },
      channels: { meta: { typing: { show: false } } },
      workstreams: {
        sales: { match: { businesses: ['106540352242922'] }, policy: { read: { when: 'replying' } } },
        vip: { policy: { read: { when: 'manual' } } },
      },
    };
    await writeFile(file, JSON.stringify(policyBook));
    api = await startApiHost({ BLUETICK_POLICY: file });
  });
  after(async () => {
    await api.close();
    await rm(folder, { recursive: true });
  });

  const get = async (path: string) => {
    const { status, body } = await api.call('GET', `/policies${path}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const put = async (scope: string, document: unknown) => {
    const answer = await fetch(`${api.host.url}/api/v1/policies/${scope}`, {
      method: 'PUT',
      headers: { 'x-api-key': api.key },
      body: JSON.stringify(document),
    });
    assert.equal(answer.status, 200, await answer.text());
  };
  const explain = (body: object) => api.call('POST', '/policies/explain', body);

  it('are those that are on, those of the file, and those that were put', async () => {
    await put('business/other', { typing: { show: false } });
    const { items } = await get('');
    assert.deepEqual(items, [
      { scope: 'default', source: 'file' },
      { scope: 'channel/simulator', source: 'none' },
      { scope: 'channel/emulator', source: 'none' },
      { scope: `business/${api.business}`, source: 'none', channels: ['simulator'] },
      { scope: 'business/emulator', source: 'none', channels: ['emulator'] },
      { scope: 'channel/meta', source: 'file' },
      { scope: 'business/other', source: 'stored', channels: [] },
      { scope: 'workstream/sales', source: 'file', businesses: [api.business] },
      { scope: 'workstream/vip', source: 'file', businesses: [] },
    ]);
  });

  it('say what holds in them, and where each value comes from', async () => {
    await put('channel/simulator', { typing: { limitMs: 9000 } });
    const sales = await get('/workstream/sales/effective');
    assert.deepEqual(
      [sales.scope, sales.workstream, sales.business, sales.channel, sales.source],
      ['workstream/sales', 'sales', api.business, 'simulator', 'file'],
    );
    assert.deepEqual(sales.document, { read: { when: 'replying' } });
    assert.deepEqual(sales.fields['read.when'], {
      value: 'replying',
      from: 'workstream sales',
      inherited: { value: 'accepted', from: 'built-in default' },
    });
    assert.equal(sales.fields['typing.limitMs'].from, 'channel simulator');
    assert.equal(sales.fields['read.delay.minMs'].from, 'default');
    const { fields, ...everything } = await get('/default/effective');
    assert.deepEqual(everything, {
      scope: 'default',
      document: { read: { delay: { minMs: 1 } } },
      source: 'file',
    });
    assert.equal(fields['read.delay.minMs'].inherited.value, 0);
    assert.equal((await get('/workstream/new/effective')).source, 'none');
  });

  it('follow a conversation up through its workstream, business and channel', async () => {
    const id = await api.conversationWith(api.simulator.phone('4915550001111'));
    await put(`conversation/${id}`, { read: { when: 'manual' } });
    const { fields, workstream, source } = await get(`/conversation/${id}/effective`);
    assert.deepEqual([workstream, source], ['sales', 'stored']);
    assert.deepEqual(fields['read.when'], {
      value: 'manual',
      from: 'conversation',
      inherited: { value: 'replying', from: 'workstream sales' },
    });
    assert.equal((await api.call('GET', '/policies/conversation/c_nobody/effective')).status, 404);
  });

  it('can be tried out: what customers would see if a document were in force there', async () => {
    const asked = { channel: 'simulator', text: 'Hi', scope: 'workstream/sales' };
    const kept = await explain({ ...asked, policy: { read: { when: 'accepted', delay: { minMs: 700 } } } });
    assert.equal(kept.body.timeline.find(({ what }: { what: string }) => what === 'read').at, 700);
    assert.equal(kept.body.sources['read.delay.minMs'], 'workstream sales');
    assert.equal(kept.body.sources['typing.limitMs'], 'channel simulator');
    // The document takes the place of the file's: what it leaves out is inherited.
    assert.equal((await explain({ ...asked, policy: {} })).body.sources['read.when'], 'built-in default');
    // Something nearer to the customer wins, and is named.
    const wide = await explain({ ...asked, scope: 'default', policy: { read: { when: 'never' } } });
    assert.equal(wide.body.sources['read.when'], 'workstream sales');
    assert.equal((await get('/workstream/sales')).document.read.when, 'replying', 'nothing was kept');
  });

  it('refuse to be tried out with what could not be put', async () => {
    const asked = { channel: 'simulator', text: 'Hi' };
    const impossible = { read: { when: 'never' }, typing: { show: true } };
    const [id] = (await api.host.app.store.listConversations({ limit: 1 })).items.map(each => each.id);
    const refusals: [scope: string, policy: unknown, status: number, field: string][] = [
      ['channel/simulator', impossible, 400, 'channels.simulator.typing.show'],
      [`conversation/${id}`, impossible, 400, 'policy.typing.show'],
      ['default', { typing: { limitMs: -1 } }, 400, 'policy.typing.limitMs'],
      ['planet/earth', {}, 400, 'scope'],
      ['default/x', {}, 400, 'scope'],
    ];
    for (const [scope, policy, status, field] of refusals) {
      const { status: got, body } = await explain({ ...asked, scope, policy });
      assert.deepEqual([got, body.error.field], [status, field], JSON.stringify(body));
    }
    assert.equal((await explain({ ...asked, scope: 'conversation/c_nobody' })).status, 404);
  });
});
