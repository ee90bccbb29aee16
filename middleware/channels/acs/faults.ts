import { ProviderError } from '../../errors.ts';
import { refusedCall } from '../failureMap.ts';
import { readRetryAfter } from '../readRetryAfter.ts';
import { networkFault, unreadableFault } from '../transportFault.ts';
import { acsFailures } from './failures.ts';

/** An answer of ACS as the SDK hands it over. */
export interface AcsAnswer {
  readonly status: number;
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed where it is JSON. */
  readonly body: unknown;
}

/** What a code of Azure's may look like. It goes into messages and logs, so nothing else is taken for one. */
const codeForm = /^[\w.-]{1,64}$/;

/** Faults where no byte of the request can have left: the address was not found, or nobody was there. */
const neverLeft = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * Says what a refused call means. Azure lists no codes for Advanced Messaging, so the HTTP status decides; the code is
 * kept for people. The one exception is a closed window, by Meta's code for it anywhere among the error's.
 *
 * @param now Unix milliseconds, to read a date in `Retry-After`
 */
export function classifyFault({ status, headers, body }: AcsAnswer, now: number): ProviderError {
  const codes = readCodes(headers, body);
  const code = codes.find(each => acsFailures.find(each)?.is === 'window_closed') ?? codes[0];
  const { message } = fieldsOf(fieldsOf(body).error);
  const detail = typeof message === 'string' ? message : undefined;
  return refusedCall(acsFailures, {
    status,
    code,
    detail,
    retryAfterMs: readRetryAfter(headers['retry-after'], now),
  });
}

/**
 * Says what an error of the SDK's means: no answer, or one that it could not read. What it threw is not kept: it holds the
 * request.
 *
 * @param started whether bytes of the request may have left
 */
export function classifyError(error: unknown, started: boolean): ProviderError {
  if (error instanceof ProviderError) return error;
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  if (statusCode !== undefined && Number(statusCode) < 300) return unreadableFault('ACS');
  if (statusCode !== undefined)
    return classifyFault({ status: Number(statusCode), headers: {}, body: '' }, 0);
  return networkFault({ provider: 'ACS', started: started && !neverLeft.has(String(code)) });
}

/**
 * The service did not act, although the call began anew: it rejects what is sent now, so our clock may be wrong
 * (`Repeatability-Result: rejected`). One more try is worth it; after that somebody should look.
 */
export function repeatRejected(): ProviderError {
  const providerCode = 'repeatability_rejected';
  return new ProviderError(`ACS refused the call (${providerCode})`, {
    fault: 'transient',
    providerCode,
    retries: 1,
  });
}

/**
 * The service rejects the repeat of a call that may have been carried out: it does not know any more, or does not say.
 * No later repeat fares better, and beginning anew could send a message twice, so somebody should look.
 */
export function repeatUnsafe(): ProviderError {
  return new ProviderError('ACS does not know any more whether it has sent the message', {
    fault: 'permanent',
    is: 'unanswered',
    providerCode: 'repeatability_expired',
    ambiguous: true,
  });
}

/** No token could be had in whose name to call: nothing left our side, and what is owed waits. */
export function noToken(): ProviderError {
  return new ProviderError('No access token for ACS could be had', {
    fault: 'auth',
    providerCode: 'no_token',
  });
}

/** The codes of an answer, the one that names it first: an error may hold its cause and its details. */
function readCodes(headers: AcsAnswer['headers'], body: unknown): readonly string[] {
  const { error } = fieldsOf(body);
  const { code, details, innererror } = fieldsOf(error);
  const parts = [innererror, ...(Array.isArray(details) ? details : [])];
  return [headers['x-ms-error-code'], code, ...parts.map(part => fieldsOf(part).code)].filter(
    (each): each is string => typeof each === 'string' && codeForm.test(each),
  );
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
