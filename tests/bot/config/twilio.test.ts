import assert from 'node:assert/strict';
import { readConfig } from '../../../bot/config.ts';
import { key, refusal } from './samples.ts';

const account = { TWILIO_ACCOUNT_SID: 'AC0123', TWILIO_AUTH_TOKEN: 't0ken-s3cret, of-before-s3cret' };
const number = { TWILIO_WHATSAPP_NUMBER: '+14155238886' };
const host = { PUBLIC_URL: 'https://bot.example.com/', BLUETICK_API_KEY: key };
const whole = { ...account, ...number, ...host };

describe('the settings of Twilio', () => {
  it('turn the channel on, with defaults for what is not there', () => {
    const { twilio, simulator, host, ways } = readConfig(whole);
    assert.deepEqual(twilio, {
      accountSid: 'AC0123',
      authTokens: ['t0ken-s3cret', 'of-before-s3cret'],
      numbers: ['+14155238886'],
      publicUrl: 'https://bot.example.com',
      apiUrl: 'https://api.twilio.com',
      messagingUrl: 'https://messaging.twilio.com',
      messagingApi: 'v2',
      compliance: undefined,
    });
    assert.deepEqual([simulator, host, ways.sms, ways.voice], [false, '0.0.0.0', undefined, undefined]);
  });
  it('are all read', () => {
    const { twilio } = readConfig({
      ...whole,
      TWILIO_WHATSAPP_NUMBER: ' +14155238886 , 4915550001111,',
      TWILIO_API_URL: 'http://127.0.0.1:9/api',
      TWILIO_MESSAGING_URL: 'http://127.0.0.1:9/messaging',
      TWILIO_MESSAGING_API: 'v3',
      TWILIO_COMPLIANCE: 'hipaa',
    });
    assert.deepEqual(twilio?.numbers, ['+14155238886', '4915550001111']);
    const { apiUrl, messagingUrl, messagingApi, compliance } = twilio ?? {};
    assert.deepEqual(
      [apiUrl, messagingUrl, messagingApi, compliance],
      ['http://127.0.0.1:9/api', 'http://127.0.0.1:9/messaging', 'v3', 'hipaa'],
    );
  });
  it('serve text messages and calls too, by the current token, with the channel or without it', () => {
    const voice = { VOICE_FROM: '+15550002222' };
    const by = {
      from: '+15550002222',
      accountSid: 'AC0123',
      authToken: 't0ken-s3cret',
      apiUrl: 'https://api.twilio.com',
    };
    assert.deepEqual(readConfig({ ...whole, ...voice }).ways.voice, by);
    const alone = readConfig({ ...account, ...voice, BLUETICK_API_KEY: key });
    assert.deepEqual([alone.ways.voice, alone.twilio, alone.simulator], [by, undefined, true]);
  });

  const refused: readonly [env: NodeJS.ProcessEnv, field: string, message: RegExp][] = [
    [
      number,
      'TWILIO_ACCOUNT_SID',
      /The channel twilio is half set\. Missing: TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, PUBLIC_URL\.$/,
    ],
    [{ ...account, ...number }, 'PUBLIC_URL', /Missing: PUBLIC_URL\.$/],
    [
      { ...number, ...host, TWILIO_ACCOUNT_SID: 'AC0123' },
      'TWILIO_AUTH_TOKEN',
      /Missing: TWILIO_AUTH_TOKEN\.$/,
    ],
    [{ ...account, ...host }, 'SMS_FROM', /VOICE_FROM or TWILIO_WHATSAPP_NUMBER\.$/],
    [{ ...host, TWILIO_MESSAGING_API: 'v3' }, 'TWILIO_WHATSAPP_NUMBER', /The channel twilio is half set/],
    [
      { ...account, ...host, TWILIO_COMPLIANCE: 'pci' },
      'TWILIO_WHATSAPP_NUMBER',
      /TWILIO_WHATSAPP_NUMBER\.$/,
    ],
    [{ ...whole, BLUETICK_API_KEY: '' }, 'BLUETICK_API_KEY', /real channel/],
  ];
  for (const [env, field, message] of refused) {
    it(`are refused with the name at fault: ${Object.keys(env).join(', ')} (${field})`, () => {
      const error = refusal(env);
      assert.equal(error.field, field);
      assert.match(error.message, message);
      assert.doesNotMatch(`${error.message} ${error.stack}`, /s3cret|4155238886/);
    });
  }
});
