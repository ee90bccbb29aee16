import { z } from 'zod';
import { ProviderError } from '../../errors.ts';
import { refusedCall } from '../failureMap.ts';
import type { HttpAnswer } from '../httpClient.ts';
import { parseJson } from '../parseJson.ts';
import { readRetryAfter } from '../readRetryAfter.ts';
import { wahaFailures } from './failures.ts';

/** The documented form of a refusal, as far as it says anything. */
const refusal = z.looseObject({ message: z.string() });

/**
 * What is answered while the session cannot be called through. It is not documented: WAHA's issues 835 and 1329 show it
 * with HTTP 422. Where it is believed, what is owed waits; where not, the refusal is permanent like any other.
 */
const notWorking = z.looseObject({ status: z.string(), expected: z.array(z.string()) });

/**
 * Says what a refused call means: the HTTP status decides, save where the answer tells that the session is not working.
 *
 * @param now Unix milliseconds, to read a date in `Retry-After`
 */
export function classifyFault({ status, headers, body }: HttpAnswer, now: number): ProviderError {
  const answer = parseJson(body);
  const state = notWorking.safeParse(answer);
  if (status === 422 && state.success && !state.data.expected.includes(state.data.status)) {
    return new ProviderError('WAHA refused the call: its session is not working', {
      fault: 'transient',
      providerCode: 'session_not_working',
      providerWide: true,
    });
  }
  return refusedCall(wahaFailures, {
    status,
    detail: refusal.safeParse(answer).data?.message,
    retryAfterMs: readRetryAfter(headers['retry-after'], now),
  });
}
