import type { HttpAnswer } from '../../../middleware/channels/httpClient.ts';
import { parseJson } from '../../../middleware/channels/parseJson.ts';
import { readRetryAfter } from '../../../middleware/channels/readRetryAfter.ts';
import { ProviderError } from '../../../middleware/errors.ts';
import { fieldsOf } from '../../../middleware/turn/fields.ts';

/** Codes are words, such as `TokenExpired`. Whatever else stands there might be anything, and is not told. */
const code = /^[A-Za-z][A-Za-z0-9_]{0,39}$/;

/**
 * What a refusal of Direct Line means. A 5xx is ambiguous: `502 BotRejectedActivity` says that the activity is in the
 * conversation, and that the agent failed on it.
 *
 * @param now Unix milliseconds, for a `Retry-After` that is a date
 */
export function faultOf(answer: HttpAnswer, now: number): ProviderError {
  const { status, headers, body } = answer;
  const told = fieldsOf(fieldsOf(parseJson(body)).error).code;
  const providerCode = typeof told === 'string' && code.test(told) ? told : `http_${status}`;
  const message = `Direct Line refused a call with status ${status}`;
  if ([401, 403, 404].includes(status)) return new ProviderError(message, { fault: 'auth', providerCode });
  if (status === 429) {
    const retryAfterMs = readRetryAfter(headers['retry-after'], now);
    const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
    return new ProviderError(message, { fault: 'rate', providerCode, ...wait });
  }
  if (status === 408 || status >= 500)
    return new ProviderError(message, { fault: 'transient', providerCode, ambiguous: true });
  return new ProviderError(message, { fault: 'permanent', providerCode, is: 'unknown' });
}

/** Whether Direct Line said that there is no such conversation any more, or that its token has ended. */
export function isOver(error: unknown): boolean {
  return error instanceof ProviderError && error.fault === 'auth';
}

/** Whether what was posted may be there although the call failed. Of what we do not know, anything may be. */
export function mayHaveArrived(error: unknown): boolean {
  return !(error instanceof ProviderError) || error.ambiguous;
}
