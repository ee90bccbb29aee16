import { ProviderError, type ProviderFault } from '../../errors.ts';
import { readRetryAfter } from '../readRetryAfter.ts';

/** An answer of Meta's that is not a success. */
export interface FaultyAnswer {
  readonly status: number;
  readonly retryAfter: string | string[] | undefined;
  /** The body as it came; it need not be JSON. */
  readonly body: string;
  /** Unix milliseconds, to read a date in `Retry-After`. */
  readonly now: number;
}

/** What we make of one of Meta's error codes. */
interface Verdict {
  readonly fault: ProviderFault;
  readonly providerWide?: boolean;
  readonly retries?: number;
  readonly ambiguous?: boolean;
}

/**
 * The codes that mean something else than "never again", by Meta's own advice (error codes page, META-ERR). Codes
 * 200 to 299 are permissions.
 */
const verdicts: ReadonlyMap<number, Verdict> = new Map<number, Verdict>([
  [0, { fault: 'auth' }],
  // "Invalid request or possible server error": worth one more try, no more.
  [1, { fault: 'transient', retries: 1 }],
  [2, { fault: 'transient', providerWide: true }],
  [3, { fault: 'auth' }],
  [4, { fault: 'rate' }],
  [10, { fault: 'auth' }],
  [190, { fault: 'auth' }],
  [80007, { fault: 'rate' }],
  [130429, { fault: 'rate', providerWide: true }],
  [131000, { fault: 'transient', providerWide: true }],
  [131016, { fault: 'transient', providerWide: true }],
  [131047, { fault: 'window' }],
  // Too many messages to one customer; nobody else is affected. The caller waits 4^n seconds (META-RATE).
  [131056, { fault: 'recipient' }],
  [131057, { fault: 'transient', providerWide: true }],
  [133004, { fault: 'transient' }],
]);

/**
 * The documented codes that no repetition cures. They are listed because an HTTP 5xx or 429 beside one of them
 * must not make it retryable: Meta says to go by the code.
 */
const permanentCodes: ReadonlySet<number> = new Set([
  33, 100, 368, 130403, 130472, 130497, 131005, 131008, 131009, 131021, 131026, 131031, 131037, 131042,
  131045, 131048, 131049, 131050, 131051, 131052, 131053, 131063, 131064, 132000, 132001, 132005, 132007,
  132012, 132015, 132016, 132068, 132069, 133000, 133005, 133006, 133008, 133009, 133010, 133015, 133016,
  134011, 135000,
]);

/**
 * Says what a refused call means. Meta's code decides, the HTTP status only where the code says nothing: "Build
 * your app's error handling around error codes instead of subcodes or HTTP response status codes" (META-ERR).
 * Of the answer only the code and `Retry-After` are kept: Meta's words can hold a phone number.
 */
export function classifyFault({ status, retryAfter, body, now }: FaultyAnswer): ProviderError {
  const code = readCode(body);
  const verdict = (code === undefined ? undefined : verdictOf(code)) ?? verdictOfStatus(status);
  const providerCode = code === undefined ? `http_${status}` : String(code);
  const waitMs = readRetryAfter(retryAfter, now);
  return new ProviderError(`Meta refused the call (${providerCode})`, {
    ...verdict,
    providerCode,
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  });
}

function readCode(body: string): number | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return undefined;
  }
  const error = property(answer, 'error');
  const code = property(error, 'code');
  return Number.isSafeInteger(code) ? Number(code) : undefined;
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function verdictOf(code: number): Verdict | undefined {
  if (code >= 200 && code <= 299) return { fault: 'auth' };
  if (permanentCodes.has(code)) return { fault: 'permanent' };
  return verdicts.get(code);
}

function verdictOfStatus(status: number): Verdict {
  if (status === 401) return { fault: 'auth' };
  if (status === 429) return { fault: 'rate' };
  // An error is an answer: the call was not carried out. Only a gateway that had none itself cannot know.
  if (status >= 500) {
    return { fault: 'transient', providerWide: true, ambiguous: status === 502 || status === 504 };
  }
  return { fault: 'permanent' };
}
