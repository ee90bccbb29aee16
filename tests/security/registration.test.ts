import assert from 'node:assert/strict';
import { inGridSchema, validationEvent } from '../support/acsEvents.ts';
import { acsByToken } from './acsByToken.ts';
import type { AttackedChannel } from './attackedChannel.ts';
import { type Attack, type AttackedHost, startAttackedHost } from './attackedHost.ts';
import { channels } from './channels.ts';
import { startEchoingProvider } from './echoingProvider.ts';
import { gbm } from './gbm.ts';
import { googleAttack } from './googleAttack.ts';
import { rbm } from './rbm.ts';

const secret = 'the-secret-of-today-0123456789';

function channelOf(wanted: AttackedChannel['name']): AttackedChannel {
  const channel = channels.find(({ name }) => name === wanted);
  assert.ok(channel !== undefined);
  return channel;
}

describe('Meta’s question whether the address is ours', () => {
  let attacked: AttackedHost;
  const { settings } = channelOf('meta');
  const token = String(settings([secret]).META_VERIFY_TOKEN);
  before(async () => {
    attacked = await startAttackedHost(settings([secret]));
  });
  after(() => attacked.close());

  const ask = (query: string) => attacked.ask({ path: `/webhooks/meta?${query}` });
  const challenge = 'hub.challenge=1158201444';

  it('is answered to who has the token', async () => {
    const { status, text } = await ask(`hub.mode=subscribe&${challenge}&hub.verify_token=${token}`);
    assert.deepEqual([status, text], [200, '1158201444']);
  });

  it('is refused in the same words to everybody else, and repeats nothing', async () => {
    const answers = new Set<string>();
    for (const query of [
      '',
      challenge,
      `hub.mode=subscribe&${challenge}`,
      `hub.mode=subscribe&${challenge}&hub.verify_token=`,
      `hub.mode=subscribe&${challenge}&hub.verify_token=${token.slice(0, -1)}`,
      `hub.mode=subscribe&${challenge}&hub.verify_token=${token}x`,
      `hub.mode=subscribe&${challenge}&hub.verify_token=${token.toUpperCase()}`,
      `hub.mode=subscribe&${challenge}&hub.verify_token=${secret}`,
      `hub.mode=subscribe&${challenge}&hub.verify_token[]=${token}`,
      `hub.mode=subscribe&${challenge}&hub_verify_token=${token}`,
      `hub.mode=unsubscribe&${challenge}&hub.verify_token=${token}`,
      `${challenge}&hub.verify_token=${token}`,
    ])
      answers.add((await ask(query)).shown);
    const [answer = '', ...others] = answers;
    assert.deepEqual(others, []);
    assert.match(answer, /^\[403,/);
    assert.ok(!answer.includes('1158201444') && !answer.includes(token));
    assert.equal(attacked.logged(), '');
  });
});

for (const channel of [channelOf('acs'), acsByToken]) {
  describe(`Event Grid’s question whether the address is ours, to ${channel.title}`, () => {
    let attacked: AttackedHost;
    let own: string;
    let close: (() => Promise<void>) | undefined;
    const { settings, proved, unproved } = channel;
    before(async () => {
      close = await channel.open?.();
      attacked = await startAttackedHost(settings([secret]));
      own = channel.secretOf?.(attacked) ?? secret;
    });
    after(async () => {
      await attacked.close();
      await close?.();
    });

    it('is answered with the proof only; the address in it is never called', async () => {
      const elsewhere = await startEchoingProvider();
      try {
        const before = await attacked.contents();
        const event = validationEvent('512d38b6-c7b8-40c8-89fe-f46f9e9622b6');
        const data = { ...(event.data as object), validationUrl: `${elsewhere.url}/followed` };
        const body = JSON.stringify(inGridSchema([{ ...event, data }]));
        for (const attack of Object.values(unproved(body, own))) {
          const { status, shown } = await attacked.ask(attack);
          assert.equal(status, 401);
          assert.ok(!shown.includes('512d38b6'));
        }
        const { status, text } = await attacked.ask(proved(body, own));
        const validationResponse = '512d38b6-c7b8-40c8-89fe-f46f9e9622b6';
        assert.deepEqual([status, JSON.parse(text)], [200, { validationResponse }]);
        assert.equal(elsewhere.followed, 0);
        assert.equal(await attacked.contents(), before);
      } finally {
        await elsewhere.close();
      }
    });

    it('as CloudEvents has it, promises nothing that the proof does not keep', async () => {
      const question = { method: 'OPTIONS', path: '/webhooks/acs' };
      const asks = (origin: string) =>
        attacked.ask({ ...question, headers: { 'webhook-request-origin': origin } });
      const { status, shown } = await asks('eventgrid.azure.net');
      assert.equal(status, 200);
      assert.doesNotMatch(shown, /access-control/i);
      for (const origin of ['', 'a b', 'x'.repeat(300), '\xe4'])
        assert.equal((await asks(origin)).status, 400);
      assert.equal((await attacked.ask(question)).status, 400);
    });
  });
}

describe('Google’s question whether the address is ours', () => {
  const rbmToken = 'the-client-token-of-rbm';
  const gbmToken = 'the-client-token-of-gbm';
  const asked = '1234567890-of-google';
  let attacked: AttackedHost;
  let close: (() => Promise<void>) | undefined;
  before(async () => {
    close = await rbm.open?.();
    const formats = { ...rbm.settings([rbmToken, 'the-token-before']), ...gbm.settings([gbmToken]) };
    attacked = await startAttackedHost(formats);
  });
  after(async () => {
    await attacked.close();
    await close?.();
  });

  const ask = (body: unknown, headers: Attack['headers'] = {}) =>
    attacked.ask(googleAttack(typeof body === 'string' ? body : JSON.stringify(body), headers));

  it('is answered as plain text to who has a client token, and keeps nothing', async () => {
    const before = await attacked.contents();
    for (const clientToken of [rbmToken, 'the-token-before', gbmToken]) {
      const { status, text, shown } = await ask({ clientToken, secret: asked });
      assert.deepEqual([status, text], [200, asked]);
      // What is sent back is the caller's: no browser may take it for a page.
      assert.match(shown, /"content-type":"text\/plain/);
    }
    assert.equal(await attacked.contents(), before);
  });

  it('is refused in the same words to everybody else, and repeats nothing', async () => {
    const before = await attacked.contents();
    const good = { clientToken: rbmToken, secret: asked };
    const answers = new Set<string>();
    for (const body of [
      { secret: asked },
      { ...good, clientToken: '' },
      { ...good, clientToken: null },
      { ...good, clientToken: [rbmToken] },
      { ...good, clientToken: rbmToken.slice(0, -1) },
      { ...good, clientToken: `${rbmToken}x` },
      { ...good, clientToken: rbmToken.toUpperCase() },
      { ...good, clientToken: `${rbmToken},${gbmToken}` },
      { ...good, secret: '' },
      { ...good, secret: 'x'.repeat(2000) },
      { ...good, message: null },
      { ...good, message: { data: '' } },
      { ...good, conversationId: '1' },
      [good],
      JSON.stringify(JSON.stringify(good)),
      `${JSON.stringify(good)}${JSON.stringify(good)}`,
      rbm.body({ id: 'unsigned', text: 'hello' }),
      gbm.body({ id: 'unsigned', text: 'hello' }),
    ])
      answers.add((await ask(body, { 'x-goog-webhook-type': 'verification' })).shown);
    const [answer = '', ...others] = answers;
    assert.deepEqual(others, []);
    assert.match(answer, /^\[401,/);
    assert.ok(!answer.includes(asked) && !answer.includes(rbmToken));
    assert.equal(await attacked.contents(), before);
    assert.doesNotMatch(attacked.logged(), /client-token|of-google/);
  });
});
