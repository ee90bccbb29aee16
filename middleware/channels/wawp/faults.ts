import { z } from 'zod';
import type { ProviderError } from '../../errors.ts';
import { refusedCall } from '../failureMap.ts';
import type { HttpAnswer } from '../httpClient.ts';
import { parseJson } from '../parseJson.ts';
import { readRetryAfter } from '../readRetryAfter.ts';
import { wawpFailures } from './failures.ts';

/** The documented form of a refusal. A code goes into messages and logs, so nothing else is taken for one. */
const refusal = z.looseObject({
  code: z
    .string()
    .regex(/^[a-z][a-z_]{1,63}$/)
    .optional()
    .catch(undefined),
  message: z.string().optional().catch(undefined),
});

/**
 * Says what a refused call means, by its code, else by the HTTP status.
 *
 * @param now Unix milliseconds, to read a date in `Retry-After`
 */
export function classifyFault({ status, headers, body }: HttpAnswer, now: number): ProviderError {
  const { code, message } = refusal.safeParse(parseJson(body)).data ?? {};
  return refusedCall(wawpFailures, {
    status,
    code,
    detail: message,
    retryAfterMs: readRetryAfter(headers['retry-after'], now),
  });
}
