import assert from 'node:assert/strict';
import { readConfig } from '../../../bot/config.ts';
import { acs, key, meta, refusal } from './samples.ts';

const twilio = { TWILIO_ACCOUNT_SID: 'AC0123', TWILIO_AUTH_TOKEN: 't0ken-s3cret' };
const account = { accountSid: 'AC0123', authToken: 't0ken-s3cret', apiUrl: 'https://api.twilio.com' };
const resource = { ACS_CONNECTION_STRING: acs.ACS_CONNECTION_STRING };
const endpoint = { ACS_ENDPOINT: 'https://contoso.communication.azure.com' };
const sms = { SMS_FROM: '+15550001111' };
const voice = { VOICE_FROM: '+15550002222' };
const hooks = {
  BLUETICK_ALLOWED_HOOKS: 'https://hooks.example.com, http://127.0.0.1:9/a',
  BLUETICK_HOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, of-before-s3cret-0123456789',
};
const ways = (env: NodeJS.ProcessEnv) => readConfig({ BLUETICK_API_KEY: key, ...env }).ways;

describe('the settings of the ways out', () => {
  it('switch on what Twilio does by the numbers that there are', () => {
    const [from, caller] = ['+15550001111', '+15550002222'];
    assert.deepEqual(ways({ ...twilio, ...sms }), {
      sms: { over: 'twilio', from, ...account },
      voice: undefined,
      hooks: undefined,
    });
    assert.deepEqual(ways({ ...twilio, ...voice }).voice, { from: caller, ...account });
    assert.equal(ways({ ...twilio, ...voice }).sms, undefined);
    const apiUrl = 'http://127.0.0.1:9';
    assert.deepEqual(ways({ ...twilio, ...sms, ...voice, TWILIO_API_URL: apiUrl }), {
      sms: { over: 'twilio', from, ...account, apiUrl },
      voice: { from: caller, ...account, apiUrl },
      hooks: undefined,
    });
  });

  it('send text messages over ACS where its resource is there, also beside Twilio', () => {
    const [from, connectionString] = ['+15550001111', acs.ACS_CONNECTION_STRING];
    const over = { over: 'acs', from } as const;
    assert.deepEqual(ways({ ...resource, ...sms }).sms, { ...over, connectionString });
    assert.deepEqual(ways({ ...endpoint, ...sms }).sms, { ...over, endpoint: endpoint.ACS_ENDPOINT });
    const both = ways({ ...resource, ...twilio, ...sms, ...voice });
    assert.deepEqual(both.sms, { ...over, connectionString });
    assert.deepEqual(both.voice, { from: '+15550002222', ...account });
  });

  it('leave the channel acs off where there is a resource for text messages alone', () => {
    const alone = readConfig({ ...resource, ...sms, ...meta, BLUETICK_API_KEY: key });
    assert.deepEqual([alone.acs, alone.simulator], [undefined, false]);
    assert.equal(readConfig({ ...endpoint, ...sms }).simulator, true);
    const withChannel = readConfig({ ...acs, ...sms, BLUETICK_API_KEY: key });
    assert.deepEqual(withChannel.acs?.channelIds, [acs.ACS_CHANNEL_ID]);
    assert.equal(withChannel.ways.sms?.over, 'acs');
  });

  it('leave text messages off where the channel acs is on and no number is there', () =>
    assert.equal(ways(acs).sms, undefined));

  it('have lists of what web hooks need', () => {
    assert.deepEqual(ways(hooks).hooks, {
      secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'of-before-s3cret-0123456789'],
      allowed: ['https://hooks.example.com', 'http://127.0.0.1:9/a'],
      told: [],
    });
    const BLUETICK_HOOKS = 'https://hooks.example.com/x?key=1,http://127.0.0.1:9/a';
    assert.deepEqual(ways({ ...hooks, BLUETICK_HOOKS }).hooks?.told, [
      'https://hooks.example.com/x?key=1',
      'http://127.0.0.1:9/a',
    ]);
  });

  const { BLUETICK_ALLOWED_HOOKS, BLUETICK_HOOK_SECRET } = hooks;
  const refused: readonly [env: NodeJS.ProcessEnv, field: string, message: RegExp][] = [
    [
      sms,
      'TWILIO_ACCOUNT_SID',
      /Missing: TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN, or ACS_CONN.*ENDPOINT\.$/,
    ],
    [voice, 'TWILIO_ACCOUNT_SID', /^Voice calls.*Missing: TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN\.$/],
    [{ ...voice, ...endpoint, ...sms }, 'TWILIO_ACCOUNT_SID', /^Voice calls/],
    [twilio, 'SMS_FROM', /^Twilio: half set\. Missing: SMS_FROM or VOICE_FROM or TWILIO_WHATSAPP_NUMBER\.$/],
    [{ TWILIO_ACCOUNT_SID: 'AC0123', ...sms }, 'TWILIO_AUTH_TOKEN', /Missing: TWILIO_AUTH_TOKEN\.$/],
    [
      { TWILIO_AUTH_TOKEN: 't0ken-s3cret' },
      'TWILIO_ACCOUNT_SID',
      /TWILIO_ACCOUNT_SID, SMS_FROM or VOICE_FROM/,
    ],
    [{ TWILIO_API_URL: 'https://api.twilio.com' }, 'TWILIO_ACCOUNT_SID', /^Twilio: half set/],
    [{ ...resource, ...endpoint, ...sms }, 'ACS_ENDPOINT', /Take one of them away/],
    [{ ...resource, ...sms, ACS_CHANNEL_ID: '1' }, 'ACS_WEBHOOK_SECRET', /The channel acs is half set/],
    [resource, 'ACS_CHANNEL_ID', /The channel acs is half set/],
    [{ BLUETICK_ALLOWED_HOOKS }, 'BLUETICK_HOOK_SECRET', /Missing: BLUETICK_HOOK_SECRET\.$/],
    [{ BLUETICK_HOOK_SECRET }, 'BLUETICK_ALLOWED_HOOKS', /Missing: BLUETICK_ALLOWED_HOOKS\.$/],
    [{ BLUETICK_HOOKS: 'https://a.b' }, 'BLUETICK_ALLOWED_HOOKS', /ALLOWED_HOOKS, BLUETICK_HOOK_SECRET\.$/],
    [{ ...hooks, BLUETICK_ALLOWED_HOOKS: 'http://hooks.example.com' }, 'BLUETICK_ALLOWED_HOOKS', /https/],
    [{ ...hooks, BLUETICK_HOOKS: 'https://other.example.com/s3cret' }, 'BLUETICK_HOOKS', /does not allow/],
  ];
  for (const [env, field, message] of refused) {
    it(`are refused with the name at fault: ${Object.keys(env).join(', ')} (${field})`, () => {
      const error = refusal({ BLUETICK_API_KEY: key, ...env });
      assert.equal(error.field, field);
      assert.match(error.message, message);
      assert.doesNotMatch(`${error.message} ${error.stack}`, /s3cret|5550001111/);
    });
  }
});
