import assert from 'node:assert/strict';
import { type AttackedHost, quiet, startAttackedHost } from '../../security/attackedHost.ts';
import { answerXml, type DynamicsDoor, openDynamicsDoor } from '../../support/dynamicsDoor.ts';
import { accountSid, authToken, business, publicUrl, requestOf } from '../../support/intakeWorld.ts';
import { signForm } from '../../support/twilioWebhooks.ts';

describe('POST /webhooks/twilio, passed on', function () {
  this.timeout(30_000);
  let door: DynamicsDoor;
  let host: AttackedHost;
  beforeEach(async () => {
    door = await openDynamicsDoor(authToken);
    host = await startAttackedHost({
      TWILIO_ACCOUNT_SID: accountSid,
      TWILIO_AUTH_TOKEN: authToken,
      TWILIO_WHATSAPP_NUMBER: `+${business}`,
      TWILIO_FORWARD_URL: door.url,
      PUBLIC_URL: publicUrl,
    });
  });
  afterEach(async () => {
    await host.close();
    await door.close();
  });

  const path = '/webhooks/twilio';
  const bring = (number: number, over: { headers?: Record<string, string>; body?: string | Buffer } = {}) => {
    const { headers, body } = requestOf({ number });
    return host.ask({ method: 'POST', path, body, ...over, headers: { ...headers, ...over.headers } });
  };
  const api = async (method: string, route: string) => {
    const headers = { 'x-api-key': host.apiKey };
    const { status, text } = await host.ask({ method, path: `/api/v1/${route}`, headers });
    return { status, body: JSON.parse(text) };
  };

  it('answers what whoever is behind answers: status, type and body', async () => {
    const { status, text, shown } = await bring(1);
    assert.deepEqual([status, text], [200, answerXml]);
    assert.match(shown, /"content-type":"text\/xml"/);
    const { body } = await api('GET', 'conversations');
    assert.deepEqual(
      body.items.map(({ channel, holder }: Record<string, string>) => [channel, holder]),
      [['twilio', 'queue']],
    );
  });

  it('passes on nothing that Twilio has not signed', async () => {
    const { body } = requestOf({ number: 1 });
    const other = signForm(`${publicUrl}${path}`, { Body: 'x' }, 'another-token').headers;
    const forDynamics = signForm(
      door.url,
      Object.fromEntries(new URLSearchParams(`${body}`)),
      authToken,
    ).headers;
    for (const headers of [other, forDynamics, { 'x-twilio-signature': '' }]) {
      const { status } = await bring(1, { headers });
      assert.equal(status, 401);
    }
    assert.equal((await bring(1, { body: `${body}&Body=more` })).status, 401);
    assert.equal((await bring(1, { body: 'x'.repeat(256 * 1024 + 1) })).status, 413);
    assert.deepEqual(door.calls, []);
  });

  it('answers an empty 200 where nobody takes it, relays a refusal, and passes it on again when it is replayed', async () => {
    door.strike({ status: 503 });
    const kept = await bring(1);
    assert.deepEqual([kept.status, kept.text], [200, '']);
    await door.called(2);

    door.strike({ status: 422, headers: { 'content-type': 'text/plain' }, body: 'not this one' });
    const refused = await bring(2);
    assert.deepEqual([refused.status, refused.text], [422, 'not this one']);
    await host.waitForLog(/A request is not passed on: it is in the dead letters/, 1);
    let letters = await api('GET', 'dead-letters');
    while (letters.body.items.length === 0) letters = await api('GET', 'dead-letters');
    const [letter] = letters.body.items;
    assert.deepEqual(
      [letter.what, letter.channel, letter.reason],
      ['forward', 'twilio', 'it was refused (http_422)'],
    );
    const replayed = await api('POST', `dead-letters/${letter.id}/replay`);
    assert.deepEqual(replayed, { status: 200, body: { what: 'forward', revived: true } });
    await door.called(4);
    assert.deepEqual((await api('GET', 'dead-letters')).body.items, []);
    let insights = await api('GET', 'insights');
    while (insights.body.passThrough.pending > 0) insights = await api('GET', 'insights');
    assert.deepEqual(insights.body.passThrough, {
      ...{ pending: 0, passed: 2, retried: 1, dead: 1 },
      ...{ spooled: 0, unadmitted: 0, unreadable: 0 },
    });
  });

  it('starts in the gateway mode too, and warns that both sides answer', async () => {
    const gateway = await startAttackedHost(
      {
        TWILIO_ACCOUNT_SID: accountSid,
        TWILIO_AUTH_TOKEN: authToken,
        TWILIO_WHATSAPP_NUMBER: `+${business}`,
        TWILIO_FORWARD_URL: door.url,
        PUBLIC_URL: publicUrl,
      },
      { ...quiet, mode: 'gateway' },
    );
    try {
      assert.match(gateway.logged(), /TWILIO_FORWARD_URL is set in the gateway mode/);
    } finally {
      await gateway.close();
    }
  });
});
