import { z } from 'zod';
import type { FailureName } from '../../domain.ts';
import { ProviderError } from '../../errors.ts';
import { documentedError, refusedCall } from '../failureMap.ts';
import type { HttpAnswer } from '../httpClient.ts';
import { parseJson } from '../parseJson.ts';
import { readRetryAfter } from '../readRetryAfter.ts';
import { twilioFailures } from './failures.ts';

/** `{ code, message, more_info, status }` (twilio 6.2.0, lib/base/RestException.js). */
const refusal = z.looseObject({
  code: z.int().transform(String).optional().catch(undefined),
  message: z.string().optional().catch(undefined),
});

/**
 * Says what a refused call to Twilio means: by its code where that is documented, else by the HTTP status.
 *
 * @param now Unix milliseconds, to read a date in `Retry-After`
 */
export function classifyTwilioFault({ status, headers, body }: HttpAnswer, now: number): ProviderError {
  const { code, message } = refusal.safeParse(parseJson(body)).data ?? {};
  const retryAfterMs = readRetryAfter(headers['retry-after'], now);
  return refusedCall(twilioFailures, { status, code, detail: message, retryAfterMs });
}

/** The error of a call that is never made. */
export function cannotCall(
  providerCode: string,
  why: string,
  is: FailureName = 'message_refused',
): ProviderError {
  return new ProviderError(why, { fault: 'permanent', is, providerCode });
}

/**
 * The error of a message or a call that Twilio made and that had come to nothing by then.
 *
 * @param status Twilio's word for its state, such as `failed`
 * @param code Twilio's error code, if it gave one; where it is not documented, the word is kept in its place
 */
export function endedAtOnce(status: string, code: string | undefined): ProviderError {
  const documented = code === undefined ? undefined : twilioFailures.find(code);
  if (documented !== undefined) return documentedError(twilioFailures, documented);
  return new ProviderError(`Twilio took the call and ended it at once (${status})`, {
    fault: 'permanent',
    is: 'not_delivered',
    providerCode: status,
  });
}
