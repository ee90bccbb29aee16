import { createAcsSms } from '../../middleware/acknowledgements/ways/acsSms.ts';
import { systemClock } from '../../middleware/timing/systemClock.ts';
import { isSigned } from '../support/acsSignature.ts';
import { describeWay } from './way.ts';

const accessKey = Buffer.from('access-key-of-the-contract').toString('base64');
const item = { to: '+4915550001111', messageId: 'Outgoing_2026_noam', httpStatusCode: 202, successful: true };
/** The answer for one recipient, as in `SmsSendResponseItem` of @azure/communication-sms 1.1.0. */
const taken = (over: object = {}) => ({ status: 202, body: { value: [{ ...item, ...over }] } });
const refusedItem = (httpStatusCode: number) =>
  taken({
    messageId: undefined,
    httpStatusCode,
    successful: false,
    errorMessage: 'No way to +4915550001111.',
  });

for (const [proof, token] of [
  ['the access key', undefined],
  ['a token', 'token-of-the-contract'],
] as const) {
  describeWay(`SMS over ACS, by ${proof}`, {
    type: 'sms',
    idempotent: true,
    secrets: [accessKey, 'token-of-the-contract'],
    load: () => import('@azure-rest/communication-messages'),
    start: (origin, timeoutMs) =>
      createAcsSms({
        ...(token === undefined
          ? { connectionString: `endpoint=${origin}/;accessKey=${accessKey}` }
          : { endpoint: origin, credential: { getToken: async () => ({ token }) } }),
        from: '+15550002222',
        timeoutMs,
        clock: systemClock,
      }),
    documented: ({ key, text }) => ({
      path: '/sms?api-version=2021-03-07',
      body: {
        from: '+15550002222',
        smsRecipients: [
          {
            to: '+4915550001111',
            repeatabilityRequestId: key,
            repeatabilityFirstSent: 'Sun, 22 Nov 2026 12:00:00 GMT',
          },
        ],
        message: text,
        smsSendOptions: { enableDeliveryReport: false },
      },
    }),
    decode: body => JSON.parse(body),
    isProved: ({ method, path, headers, body }) =>
      token === undefined
        ? isSigned({ method, path, body }, headers, accessKey)
        : headers.authorization === `Bearer ${token}`,
    success: taken(),
    idOf: () => 'Outgoing_2026_noam',
    refusals: [
      {
        what: '429 with Retry-After',
        answer: { status: 429, headers: { 'retry-after': '7' } },
        fault: 'rate',
        providerCode: 'http_429',
        retryAfterMs: 7000,
      },
      { what: '500', answer: { status: 500 }, fault: 'transient', providerCode: 'http_500' },
      { what: '504', answer: { status: 504 }, fault: 'transient', providerCode: 'http_504', ambiguous: true },
      {
        what: 'a wrong key',
        answer: {
          status: 401,
          body: { error: { code: 'Denied', message: 'Denied by the resource provider.' } },
        },
        fault: 'auth',
        providerCode: 'Denied',
      },
      {
        what: 'a sender of somebody else',
        answer: { status: 400, body: { error: { code: 'BadRequest', message: 'From +15550002222' } } },
        fault: 'permanent',
        providerCode: 'BadRequest',
      },
      {
        what: 'a recipient who is refused within what was taken',
        answer: refusedItem(400),
        fault: 'permanent',
        providerCode: 'http_400',
      },
      {
        what: 'a recipient who is refused for now',
        answer: refusedItem(429),
        fault: 'rate',
        providerCode: 'http_429',
      },
      {
        what: 'a recipient whose message the service could not take',
        answer: refusedItem(500),
        fault: 'transient',
        providerCode: 'http_500',
      },
    ],
    unreadable: [
      { status: 202, body: {} },
      { status: 202, body: { value: [] } },
      { status: 202, body: { value: [item, item] } },
      { status: 202, body: '<html>', headers: { 'content-type': 'application/json' } },
    ],
    needs: { to: 'no_number', text: 'no_text' },
  });
}
