import type { HttpAnswer } from '../../channels/httpClient.ts';
import { readRetryAfter } from '../../channels/readRetryAfter.ts';
import { ProviderError, type ProviderFault } from '../../errors.ts';

/**
 * Says what a refused call to Twilio means. The HTTP status decides; the code of `{ code, message, more_info, status }`
 * (twilio 6.2.0, lib/base/RestException.js) is kept for people. Twilio's words are not: they repeat the number.
 *
 * @param now Unix milliseconds, to read a date in `Retry-After`
 */
export function classifyTwilioFault({ status, headers, body }: HttpAnswer, now: number): ProviderError {
  const providerCode = readCode(body) ?? `http_${status}`;
  const waitMs = readRetryAfter(headers['retry-after'], now);
  return new ProviderError(`Twilio refused the call (${providerCode})`, {
    fault: faultOf(status),
    providerCode,
    providerWide: status >= 500,
    // An error is an answer: the call was not carried out. Only a gateway that had none itself cannot know.
    ambiguous: status === 502 || status === 504,
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
  });
}

function readCode(body: string): string | undefined {
  try {
    const { code } = JSON.parse(body) as { code?: unknown };
    return Number.isSafeInteger(code) ? String(code) : undefined;
  } catch {
    return undefined;
  }
}

/** What no status says is the customer's alone: a number that cannot be reached today is answered 400, like a wrong one. */
function faultOf(status: number): ProviderFault {
  if (status === 401 || status === 403) return 'auth';
  if (status === 429) return 'rate';
  if (status === 408 || status >= 500) return 'transient';
  return 'permanent';
}
