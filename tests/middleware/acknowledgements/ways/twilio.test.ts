import assert from 'node:assert/strict';
import { createTwilioCall, twimlOf } from '../../../../middleware/acknowledgements/ways/twilioCall.ts';
import { createTwilioSms } from '../../../../middleware/acknowledgements/ways/twilioSms.ts';
import { BluetickError } from '../../../../middleware/errors.ts';
import { systemClock } from '../../../../middleware/timing/systemClock.ts';
import { startWayProvider, type WayProvider } from '../../../contract/wayProvider.ts';
import { call, never } from './samples.ts';

const account = { accountSid: 'AC01', authToken: 't0ken-s3cret', clock: systemClock };

describe('Twilio’s ways', () => {
  let provider: WayProvider;
  const open: { close(): Promise<void> }[] = [];
  beforeEach(async () => {
    provider = await startWayProvider(() => ({ status: 201, body: { sid: 'SM1', status: 'accepted' } }));
  });
  afterEach(async () => {
    for (const way of open.splice(0)) await way.close();
    await provider.close();
  });
  const sms = (from: string, path = '') => {
    const way = createTwilioSms({ ...account, from, apiUrl: provider.origin + path });
    open.push(way);
    return way;
  };
  const forms = () =>
    provider.calls.map(({ body }) => Object.fromEntries(new URLSearchParams(body.toString())));

  it('send text messages from a Messaging Service where one is named', async () => {
    const service = `MG${'0a'.repeat(16)}`;
    await sms(service).send(call, never());
    assert.deepEqual(forms(), [{ To: '+4915550001111', MessagingServiceSid: service, Body: call.text }]);
  });

  it('are called under the path of their address, if it has one', async () => {
    await sms('+1555', '/proxy/').send(call, never());
    assert.equal(provider.calls[0]?.path, '/proxy/2010-04-01/Accounts/AC01/Messages.json');
  });

  it('cut a text message that is longer than Twilio takes', async () => {
    await sms('+1555').send({ ...call, text: 'y'.repeat(1601) }, never());
    assert.equal(forms()[0]?.Body, `${'y'.repeat(1599)}…`);
  });

  for (const status of ['failed', 'undelivered', 'canceled', 'busy', 'no-answer']) {
    it(`did not work where what was made is ${status} from the beginning`, async () => {
      provider.strike({ status: 201, body: { sid: 'SM1', status, error_code: 30007 } });
      const { fault, providerCode, ambiguous } = await sms('+1555')
        .send(call, never())
        .catch(error => error);
      assert.deepEqual([fault, providerCode, ambiguous], ['permanent', status, false]);
    });
  }

  for (const to of [
    '',
    '+4915550001111',
    '123',
    '0049155500',
    '1'.repeat(16),
    'US.13491208655302741918',
    '1 555 000',
  ]) {
    it(`make no call to what is no number in digits: ${JSON.stringify(to)}`, async () => {
      const fault = await sms('+1555')
        .send({ ...call, to }, never())
        .catch(error => error);
      assert.equal(fault.providerCode, 'no_number');
      assert.equal(provider.calls.length, 0);
    });
  }

  const refused: readonly [over: object, field: string][] = [
    [{ accountSid: 'SK01' }, 'TWILIO_ACCOUNT_SID'],
    [{ accountSid: 'AC01/../AC02' }, 'TWILIO_ACCOUNT_SID'],
    [{ accountSid: '' }, 'TWILIO_ACCOUNT_SID'],
    [{ authToken: 's3cret\n' }, 'TWILIO_AUTH_TOKEN'],
    [{ authToken: '' }, 'TWILIO_AUTH_TOKEN'],
    [{ apiUrl: 'http://api.twilio.com' }, 'TWILIO_API_URL'],
    [{ timeoutMs: -1 }, 'timeoutMs'],
  ];
  for (const [over, field] of refused) {
    it(`are refused at once: ${JSON.stringify(over)}`, () => {
      for (const create of [createTwilioSms, createTwilioCall]) {
        assert.throws(
          () => create({ ...account, from: '+1555', ...over }),
          (error: unknown) => {
            assert.ok(error instanceof BluetickError);
            assert.deepEqual([error.code, error.field], ['invalid_configuration', field]);
            assert.doesNotMatch(error.message, /s3cret/);
            return true;
          },
        );
      }
    });
  }
  it('are refused at once without a number of their own', () => {
    assert.throws(() => createTwilioSms({ ...account, from: '' }), { field: 'SMS_FROM' });
    assert.throws(() => createTwilioCall({ ...account, from: '' }), { field: 'VOICE_FROM' });
  });
});

describe('twimlOf', () => {
  const say = (text: string, language?: string) =>
    twimlOf({ ...call, text, ...(language !== undefined && { language }) });

  const table: readonly [text: string, said: string][] = [
    ['Hello', 'Hello'],
    [`<a href="x">&'`, '&lt;a href=&quot;x&quot;&gt;&amp;&apos;'],
    ['</Say></Response><Dial>+1900</Dial>', '&lt;/Say&gt;&lt;/Response&gt;&lt;Dial&gt;+1900&lt;/Dial&gt;'],
    [']]> <![CDATA[ <!-- &amp; &#65;', ']]&gt; &lt;![CDATA[ &lt;!-- &amp;amp; &amp;#65;'],
    ['a\u0000b\u0008c\u001fd', 'a b c d'],
    ['a\tb\nc', 'a\tb\nc'],
    ['x\ud800y\udc00z', 'x y z'],
    ['x\ufffe\uffffy', 'x  y'],
    ['½ € 🚲 日本', '½ € 🚲 日本'],
  ];
  for (const [text, said] of table) {
    it(`says ${JSON.stringify(text)}`, () =>
      assert.equal(say(text), `<Response><Say>${said}</Say></Response>`));
  }
  it('says it in a language, which cannot break out of its place', () => {
    assert.equal(say('Hallo', 'de-DE'), '<Response><Say language="de-DE">Hallo</Say></Response>');
    assert.equal(
      say('Hallo', 'de"/><Dial>'),
      '<Response><Say language="de&quot;/&gt;&lt;Dial&gt;">Hallo</Say></Response>',
    );
  });
  it('is never longer than Twilio takes, and cuts between characters', () => {
    for (const unit of ['x', '&', '🚲', '"a']) {
      for (const length of [600, 1978, 1979, 3957, 3958, 9000]) {
        const twiml = say(unit.repeat(length), 'de-DE');
        assert.ok(twiml.length <= 4000, `${unit} ${length}`);
        const [, said = ''] = /<Say language="de-DE">(.*)<\/Say>/s.exec(twiml) ?? [];
        assert.ok(said.isWellFormed());
        assert.match(said, /^(x|&amp;|🚲|&quot;a|&quot;(?=…))*…?$/u);
        if (twiml.length < 3980) assert.ok(!said.endsWith('…'));
      }
    }
  });
  it('says nothing where there is nothing to say', () => {
    for (const text of ['', ' \n ']) assert.throws(() => say(text), { providerCode: 'no_text' });
  });
});
