import type { ProviderError } from '../../errors.ts';
import { refusedCall } from '../failureMap.ts';
import { parseJson } from '../parseJson.ts';
import { readRetryAfter } from '../readRetryAfter.ts';
import { metaFailures } from './failures.ts';

/** An answer of Meta's that is not a success. */
export interface FaultyAnswer {
  readonly status: number;
  readonly retryAfter: string | string[] | undefined;
  /** The body as it came; it need not be JSON. */
  readonly body: string;
  /** Unix milliseconds, to read a date in `Retry-After`. */
  readonly now: number;
}

/**
 * Says what a refused call means. Meta's code decides, the HTTP status only where the code says nothing: "Build
 * your app's error handling around error codes instead of subcodes or HTTP response status codes" (META-ERR). An HTTP 5xx
 * or 429 beside a code that no repetition cures does not make it one to repeat.
 */
export function classifyFault({ status, retryAfter, body, now }: FaultyAnswer): ProviderError {
  const retryAfterMs = readRetryAfter(retryAfter, now);
  return refusedCall(metaFailures, { status, retryAfterMs, ...readError(body) });
}

/** The code, and Meta's words: of several, `details` say most. */
function readError(body: string): { code?: string; detail?: string } {
  const error = property(parseJson(body), 'error');
  const code = property(error, 'code');
  const words = [property(property(error, 'error_data'), 'details'), property(error, 'message')];
  const detail = words.find(each => typeof each === 'string' && each !== '');
  return {
    ...(Number.isSafeInteger(code) && { code: String(code) }),
    ...(typeof detail === 'string' && { detail }),
  };
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
