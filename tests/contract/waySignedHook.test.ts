import { Webhook } from 'standardwebhooks';
import { createHookAllowList } from '../../middleware/acknowledgements/hooks/allowList.ts';
import { createHookClient } from '../../middleware/acknowledgements/hooks/hookClient.ts';
import { createHookSigner } from '../../middleware/acknowledgements/hooks/signature.ts';
import { createSignedHook } from '../../middleware/acknowledgements/ways/signedHook.ts';
import { systemClock } from '../../middleware/timing/systemClock.ts';
import { describeWay, type Refusal } from './way.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const sign = createHookSigner([secret]);

const refusal = (status: number, over: Omit<Partial<Refusal>, 'answer'> & Pick<Refusal, 'fault'>) => ({
  what: String(status),
  answer: { status, body: { error: 'no' }, ...(status === 429 && { headers: { 'retry-after': '7' } }) },
  providerCode: `http_${status}`,
  ...over,
});

describeWay('a signed web hook', {
  type: 'hook',
  idempotent: true,
  secrets: [secret, secret.slice('whsec_'.length)],
  start(origin, timeoutMs) {
    const allowed = createHookAllowList([origin]);
    const client = createHookClient({ sign, allowed, clock: systemClock, timeoutMs });
    const way = createSignedHook(client);
    return { ...way, close: () => client.close() };
  },
  documented: () => ({
    path: '/in-the-path?key=in-the-query',
    // Neither number nor text: the receiver is somebody else's.
    body: {
      type: 'message.escalate',
      timestamp: '2026-11-22T12:00:00.000Z',
      data: { channel: 'meta', conversation: 'c_abc', message: 'o7' },
    },
  }),
  decode: body => JSON.parse(body),
  isProved({ headers, body }) {
    // The receiver's side is the library's own; it throws where the proof is wrong.
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return (
      headers['webhook-id'] === 'c0ffee00-0000-4000-8000-000000000001' &&
      headers['content-type'] === 'application/json'
    );
  },
  success: { status: 204 },
  idOf: ({ key }) => key,
  refusals: [
    refusal(400, { fault: 'permanent' }),
    refusal(401, { fault: 'auth' }),
    refusal(403, { fault: 'auth' }),
    refusal(408, { fault: 'transient' }),
    refusal(410, { fault: 'permanent' }),
    refusal(429, { fault: 'rate', retryAfterMs: 7000 }),
    refusal(500, { fault: 'transient' }),
    refusal(502, { fault: 'transient', ambiguous: true }),
    refusal(503, { fault: 'transient' }),
    refusal(504, { fault: 'transient', ambiguous: true }),
  ],
  // Whatever a receiver says beside 2xx is not read.
  unreadable: [],
  needs: { url: 'no_url' },
});
