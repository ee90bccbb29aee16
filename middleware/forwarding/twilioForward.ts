import { createHash } from 'node:crypto';
import { checkUrl } from '../channels/checkUrl.ts';
import { createHttpClient, type RawHttpAnswer } from '../channels/httpClient.ts';
import { readRetryAfter } from '../channels/readRetryAfter.ts';
import { decodeForm } from '../channels/twilio/formBody.ts';
import { signTwilio } from '../channels/twilio/signature.ts';
import { ProviderError } from '../errors.ts';
import type { Clock, ForwardRequest } from '../ports.ts';
import type { ForwardClient, ForwardTry, RelayedAnswer } from './forwardClient.ts';

/** What a pass-through of Twilio's requests is made of. */
export interface TwilioForwardOptions {
  /**
   * Where they go: https, or http on loopback. It may hold a query, and may be a private address: whoever sets it says so.
   * No redirect is followed from there.
   */
  readonly url: string;
  /** The auth token that signs them: the one by which they came. */
  readonly authToken: string;
  readonly clock: Clock;
  /**
   * How long one try may take, in milliseconds. Default 10,000: Twilio waits 15 s for an answer (TW-OVERRIDES), of which
   * the store and the way back need some.
   */
  readonly timeoutMs?: number;
}

/** Answers of the 4xx that say something of the moment, or of the address and the signature, but not of the request. */
const passing = new Set([408, 425, 429]);
const ours = new Set([401, 403, 404]);

/**
 * Makes requests of Twilio again for another address, as Twilio would have made them for it: headers and body as they
 * came, but for `Host` and for `X-Twilio-Signature`, which covers the address and is computed afresh.
 *
 * @throws BluetickError `invalid_configuration` if the address cannot be one
 */
export function createTwilioForward({
  url: address,
  authToken,
  clock,
  timeoutMs = 10_000,
}: TwilioForwardOptions): ForwardClient {
  const url = checkForwardUrl(address);
  const client = createHttpClient({
    provider: 'TWILIO_FORWARD_URL',
    origin: url.origin,
    timeoutMs,
    // It was answered: what was meant is in the status.
    longAnswers: 'headOnly',
  });
  return {
    async send(request, signal) {
      const body = Buffer.from(request.body, 'base64');
      const target = targetOf(url, request, body);
      const fields = isForm(request) ? decodeForm(body) : undefined;
      const signature = signTwilio(target.href, fields ?? new Map(), authToken);
      const path = target.pathname + target.search;
      const headers = { ...request.headers, 'x-twilio-signature': signature };
      try {
        const answer = await client.call({ method: 'POST', path, headers, body }, signal);
        return judge(answer, clock.now());
      } catch (error) {
        const code = error instanceof ProviderError ? error.providerCode : 'network';
        return { what: 'failed', code, ours: false, retryAfterMs: undefined };
      }
    },
    close: () => client.close(),
  };
}

/**
 * Checks where requests are to be passed on to, and answers it parsed.
 *
 * @throws BluetickError `invalid_configuration`; the address, which may hold a secret, is not quoted
 */
export function checkForwardUrl(text: string): URL {
  const { url, refuse } = checkUrl(text, 'TWILIO_FORWARD_URL');
  if (url.hash !== '')
    throw refuse('must not hold a fragment: it is never sent, and would break the signature');
  return url;
}

function isForm({ headers }: ForwardRequest): boolean {
  const type = headers['content-type'];
  return type === undefined || /^application\/x-www-form-urlencoded\b/i.test(type);
}

/** Where a body is no form, Twilio signs its hash, which it adds to the address. */
function targetOf(url: URL, request: ForwardRequest, body: Buffer): URL {
  if (isForm(request)) return url;
  const target = new URL(url);
  target.searchParams.set('bodySHA256', createHash('sha256').update(body).digest('hex'));
  return target;
}

function judge({ status, headers, bytes, headOnly }: RawHttpAnswer, now: number): ForwardTry {
  const { 'content-type': type, 'content-encoding': encoding } = headOnly ? {} : headers;
  const answer: RelayedAnswer = {
    status,
    headers: {
      ...(type !== undefined && { 'content-type': type }),
      ...(encoding !== undefined && { 'content-encoding': encoding }),
    },
    body: bytes,
  };
  if (status >= 200 && status <= 299) return { what: 'taken', answer };
  const code = `http_${status}`;
  if (status >= 400 && status <= 499 && !passing.has(status) && !ours.has(status))
    return { what: 'refused', code, answer };
  return {
    what: 'failed',
    code,
    // Who redirects wants another address to be set.
    ours: status < 400 || ours.has(status),
    retryAfterMs: readRetryAfter(headers['retry-after'], now),
  };
}
