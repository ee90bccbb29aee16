import assert from 'node:assert/strict';
import { readConfig } from '../../../bot/config.ts';
import { key, meta, refusal } from './samples.ts';

const url = 'https://contoso.dynamics.example/twilio/s3cret?org=1';
const forward = { TWILIO_FORWARD_URL: url };
const whole = {
  TWILIO_ACCOUNT_SID: 'AC0123',
  TWILIO_AUTH_TOKEN: 't0ken-s3cret, of-before-s3cret',
  TWILIO_WHATSAPP_NUMBER: '+14155238886',
  PUBLIC_URL: 'https://bot.example.com/',
  BLUETICK_API_KEY: key,
  ...forward,
};

describe('TWILIO_FORWARD_URL', () => {
  it('turns the pass-through on, signed with the current token', () => {
    assert.deepEqual(readConfig(whole).twilioForward, { url, authToken: 't0ken-s3cret' });
    assert.equal(readConfig({ ...whole, TWILIO_FORWARD_URL: ' ' }).twilioForward, undefined);
  });

  it('may be plain on loopback, and on a private network', () => {
    for (const address of ['http://127.0.0.1:7071/in', 'https://10.0.0.7/in'])
      assert.equal(readConfig({ ...whole, TWILIO_FORWARD_URL: address }).twilioForward?.url, address);
  });

  for (const [what, env] of Object.entries({
    'without the channel': { ...meta, BLUETICK_API_KEY: key, ...forward },
    'that is not https': { ...whole, TWILIO_FORWARD_URL: url.replace('https', 'http') },
    'with a fragment': { ...whole, TWILIO_FORWARD_URL: `${url}#rp=all` },
    'with a password': { ...whole, TWILIO_FORWARD_URL: url.replace('//', '//user:s3cret@') },
    'that is our own': { ...whole, TWILIO_FORWARD_URL: 'https://BOT.example.com:443/webhooks/twilio' },
    'that is no address': { ...whole, TWILIO_FORWARD_URL: 'dynamics s3cret' },
  })) {
    it(`is refused ${what}, and never shown`, () => {
      const { field, message } = refusal(env);
      assert.equal(field, 'TWILIO_FORWARD_URL');
      assert.ok(!/s3cret|contoso/.test(message), message);
    });
  }
});
