import { createTwilioCall } from '../../middleware/acknowledgements/ways/twilioCall.ts';
import { createTwilioSms } from '../../middleware/acknowledgements/ways/twilioSms.ts';
import { systemClock } from '../../middleware/timing/systemClock.ts';
import { describeWay, type Refusal, type WayTraits } from './way.ts';

const accountSid = 'AC00000000000000000000000000000001';
const authToken = 'token-of-the-contract';

/** An error as twilio 6.2.0 reads it: lib/base/RestException.js. */
const error = (status: number, code: number, headers = {}) => ({
  status,
  headers,
  body: {
    code,
    message: "The 'To' number +4915550001111 is not a valid phone number.",
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status,
  },
});

const refusals: readonly Refusal[] = [
  {
    what: '429 with Retry-After',
    answer: error(429, 20429, { 'retry-after': '7' }),
    fault: 'rate',
    providerCode: '20429',
    retryAfterMs: 7000,
  },
  { what: '500', answer: error(500, 20500), fault: 'transient', providerCode: '20500' },
  {
    what: '502 of a gateway',
    answer: { status: 502, body: '<html>Bad Gateway</html>' },
    fault: 'transient',
    providerCode: 'http_502',
    ambiguous: true,
  },
  { what: 'a wrong token', answer: error(401, 20003), fault: 'auth', providerCode: '20003' },
  { what: 'a wrong number', answer: error(400, 21211), fault: 'permanent', providerCode: '21211' },
  { what: 'an error without a body', answer: { status: 404 }, fault: 'permanent', providerCode: 'http_404' },
];

const both: Omit<WayTraits, 'type' | 'start' | 'documented' | 'success' | 'idOf'> = {
  idempotent: false,
  secrets: [authToken, Buffer.from(`${accountSid}:${authToken}`).toString('base64')],
  decode: body => Object.fromEntries(new URLSearchParams(body)),
  isProved: ({ headers }) =>
    headers['content-type'] === 'application/x-www-form-urlencoded' &&
    Buffer.from(String(headers.authorization?.replace(/^Basic /, '')), 'base64').toString() ===
      `${accountSid}:${authToken}`,
  refusals,
  unreadable: [{ status: 201, body: {} }, { status: 201, body: 'created' }, { status: 200 }],
  needs: { to: 'no_number', text: 'no_text' },
};

describeWay('SMS over Twilio', {
  ...both,
  type: 'sms',
  start: (apiUrl, timeoutMs) =>
    createTwilioSms({ accountSid, authToken, from: '+15550002222', apiUrl, timeoutMs, clock: systemClock }),
  documented: ({ text }) => ({
    path: `/2010-04-01/Accounts/${accountSid}/Messages.json`,
    body: { To: '+4915550001111', From: '+15550002222', Body: text },
  }),
  success: {
    status: 201,
    body: { sid: 'SM00000000000000000000000000000001', status: 'queued', error_code: null, num_media: '0' },
  },
  idOf: () => 'SM00000000000000000000000000000001',
});

describeWay('a voice call over Twilio', {
  ...both,
  type: 'voice',
  start: (apiUrl, timeoutMs) =>
    createTwilioCall({ accountSid, authToken, from: '+15550002222', apiUrl, timeoutMs, clock: systemClock }),
  documented: () => ({
    path: `/2010-04-01/Accounts/${accountSid}/Calls.json`,
    body: {
      To: '+4915550001111',
      From: '+15550002222',
      Twiml:
        '<Response><Say language="en-GB">Your order &lt;7&gt; is &quot;ready&quot; &amp; waits: ½ €, 🚲</Say></Response>',
    },
  }),
  success: {
    status: 201,
    body: { sid: 'CA00000000000000000000000000000001', status: 'queued', direction: 'outbound-api' },
  },
  idOf: () => 'CA00000000000000000000000000000001',
});
