import assert from 'node:assert/strict';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';

describe('what sends a message over the API', function () {
  this.timeout(30_000);
  let api: ApiHost;
  let conversation: string;
  let hidden: string;
  before(async () => {
    api = await startApiHost({
      BLUETICK_ALLOWED_HOOKS: 'https://hooks.example.com/bluetick',
      BLUETICK_HOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    });
    conversation = await api.conversationWith(api.simulator.phone('4915550001111'));
    hidden = await api.conversationWith(api.simulator.phone('US.13491208655302741918'));
  });
  after(() => api.close());

  const post = (body: unknown, id = conversation) => api.call('POST', `/conversations/${id}/messages`, body);
  const sends = () => api.simulator.calls.filter(({ kind }) => kind === 'send').length;

  const url = 'https://example.com/a.png';
  const template = { name: 'ready', language: 'en' };
  const image = { type: 'image', url };
  const hook = { type: 'hook', url: 'https://hooks.example.com/bluetick/late' };
  const escalate = { unless: 'delivered', afterMs: 300_000, via: [hook] };
  const refused: readonly (readonly [what: string, body: unknown, field?: string])[] = [
    ['nothing', ''],
    ['no JSON', '{'],
    ['a list', []],
    ['null', 'null'],
    ['an empty object', {}],
    ['two contents', { text: 'x', template }],
    ['an escalation alone', { escalate }],
    ['an unknown field', { text: 'x', txet: 'x' }, 'txet'],
    ['a text of another type', { text: 5 }, 'text'],
    ['an empty text', { text: '' }, 'text'],
    ['a text of blanks', { text: ' \n' }, 'text'],
    ['a text that is too long', { text: 'x'.repeat(4097) }, 'text'],
    ['a null', { text: null }, 'text'],
    ['a template without a name', { template: { language: 'en' } }, 'template.name'],
    ['a template without a language', { template: { name: 'x' } }, 'template.language'],
    ['an unknown field of a template', { template: { ...template, footer: [] } }, 'template.footer'],
    [
      'a parameter of another type',
      { template: { ...template, body: [{ type: 'audio', url }] } },
      'template.body.0.type',
    ],
    [
      'a parameter without a text',
      { template: { ...template, body: [{ type: 'text' }] } },
      'template.body.0.text',
    ],
    [
      'a parameter by http',
      { template: { ...template, header: [{ ...image, url: 'http://example.com/a' }] } },
      'template.header.0.url',
    ],
    [
      '101 parameters',
      { template: { ...template, body: Array(101).fill({ type: 'text', text: 'x' }) } },
      'template.body',
    ],
    ['a file without an address', { media: {} }, 'media.url'],
    ['a file by http', { media: { url: 'http://example.com/a.png' } }, 'media.url'],
    ['a file with a password', { media: { url: 'https://a:b@example.com/a.png' } }, 'media.url'],
    ['a file that is no address', { media: { url: '/etc/passwd' } }, 'media.url'],
    ['a file of this machine', { media: { url: 'file:///etc/passwd' } }, 'media.url'],
    ['a file in its address', { media: { url: 'data:image/png;base64,AAAA' } }, 'media.url'],
    ['an address that is too long', { media: { url: `${url}?${'x'.repeat(2048)}` } }, 'media.url'],
    ['a file of an unknown type', { media: { url, type: 'contact' } }, 'media.type'],
    ['a caption that is too long', { media: { url, caption: 'x'.repeat(1025) } }, 'media.caption'],
    ['a caption with a voice message', { media: { url, type: 'audio', caption: 'x' } }, 'media.caption'],
    [
      'a caption with a sticker',
      { media: { url: 'https://example.com/a.webp', caption: 'x' } },
      'media.caption',
    ],
    ['a file name with a picture', { media: { url, fileName: 'a.png' } }, 'media.fileName'],
    ['an id of a file', { media: { url, id: '1' } }, 'media.id'],
    ['an escalation that is none', { text: 'x', escalate: null }, 'escalate'],
    ['an escalation without a way', { text: 'x', escalate: { ...escalate, via: [] } }, 'escalate.via'],
    ['an escalation at once', { text: 'x', escalate: { ...escalate, afterMs: 0 } }, 'escalate.afterMs'],
    ['an unknown field of one', { text: 'x', escalate: { ...escalate, unlss: 'read' } }, 'escalate.unlss'],
    [
      'a way that is off',
      { text: 'x', escalate: { ...escalate, via: [{ type: 'sms' }] } },
      'escalate.via.0.type',
    ],
    [
      'a web hook elsewhere',
      { text: 'x', escalate: { ...escalate, via: [{ ...hook, url: 'https://hooks.example.com/other' }] } },
      'escalate.via.0.url',
    ],
  ];
  for (const [what, body, field] of refused) {
    it(`is refused with ${what}, and the field is named`, async () => {
      const before = sends();
      const { status, body: answer } = await post(body);
      assert.deepEqual([status, answer.error.code, answer.error.field], [400, 'invalid_request', field]);
      if (field !== undefined) assert.ok(answer.error.message.startsWith(`${field}: `), answer.error.message);
      assert.equal(sends(), before);
    });
  }

  it('may be as long as WhatsApp takes it', async () => {
    assert.equal((await post({ text: 'x'.repeat(4096) })).status, 202);
    assert.equal((await post({ media: { url, caption: 'x'.repeat(1024) } })).status, 202);
  });

  it('may say what is to happen if it does not arrive, and the answer says where that stands', async () => {
    const { status, body } = await post({ text: 'Come by until 18.', escalate });
    assert.equal(status, 202);
    const { dueAt, state, ...rest } = body.escalation;
    assert.deepEqual(rest, {
      unless: 'delivered',
      afterMs: 300_000,
      via: ['hook'],
      tries: [],
      possiblyDoubled: false,
    });
    assert.equal(Date.parse(dueAt), Date.parse(body.createdAt) + 300_000);
    assert.ok(['waiting', 'cancelled'].includes(state));
    const arrived = await api.until(`/messages/${body.ref}`, ({ level }) => level === 'delivered');
    assert.equal(arrived.escalation.state, 'cancelled');
    assert.doesNotMatch(JSON.stringify(arrived), /hooks\.example/);
  });

  it('goes to customers who hide their number as well', async () => {
    assert.equal((await post({ text: 'Hello!', escalate }, hidden)).status, 202);
  });
});
