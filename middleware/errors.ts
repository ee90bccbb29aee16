/**
 * The one catalogue of what can go wrong, with codes that do not change between versions. A message never
 * holds a secret, a phone number, a provider's message id or a text.
 *
 * @module
 */
import { cutDetail } from './cutDetail.ts';
import type { FailureName, Refusal } from './domain.ts';

/** The stable codes, and the HTTP status that the API answers each with. */
export const errorStatus = {
  invalid_request: 400,
  invalid_policy: 400,
  invalid_configuration: 500,
  unauthorized: 401,
  forbidden: 403,
  unknown_conversation: 404,
  unknown_message: 404,
  unknown_item: 404,
  unknown_route: 404,
  window_closed: 409,
  conflict: 409,
  too_large: 413,
  rate_limited: 429,
  provider_error: 502,
  unsupported: 501,
  store_unavailable: 503,
  keys_unavailable: 503,
  internal: 500,
} as const;

/** One of the codes of {@link errorStatus}. */
export type ErrorCode = keyof typeof errorStatus;

/** An error of Bluetick: a stable code, a message for a human, and the field at fault where there is one. */
export class BluetickError extends Error {
  override readonly name: string = 'BluetickError';
  readonly code: ErrorCode;
  /** The path of the field at fault, such as `read.delay.minMs`. */
  readonly field: string | undefined;

  constructor(code: ErrorCode, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.field = options.field;
  }
}

/**
 * What a failed call to a provider means for what comes next.
 *
 * - `transient`: try again later. `rate`: the same, the provider asked us to slow down.
 * - `recipient`: this customer only; others are not affected.
 * - `auth`: our credentials; the channel pauses and what is owed waits.
 * - `window`: the 24 hours are over; only a template may be sent.
 * - `permanent`: never try this again.
 */
export type ProviderFault = 'transient' | 'rate' | 'recipient' | 'auth' | 'window' | 'permanent';

/** What is known of a failed call. */
export type ProviderErrorOptions = FailedCall &
  (
    | {
        readonly fault: ProviderFault;
        /** What it is in our words. Default by the fault; for a permanent one somebody has to do something, and reads what. */
        readonly is: FailureName;
      }
    | { readonly fault: PassingFault; readonly is?: FailureName }
  );

/** A fault after which the default says what it is. */
export type PassingFault = Exclude<ProviderFault, 'permanent'>;

/** What is known of a failed call, whatever its fault is. */
interface FailedCall {
  /** The provider's own code, else `http_<status>`, `timeout` or `network`. */
  readonly providerCode: string;
  /** Whether the fault lies with the whole provider, so that the breaker counts it. Default `false`. */
  readonly providerWide?: boolean;
  /** How long the provider asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Whether the provider may have acted on the call although we saw it fail. Default `false`. */
  readonly ambiguous?: boolean;
  /** How many times a call with this fault may be repeated, where the provider's advice bounds it. */
  readonly retries?: number;
  /** The provider's own words, of which the first 1,000 characters are kept. Default none. */
  readonly detail?: string | undefined;
  readonly cause?: unknown;
}

/** What a fault is, where nobody knows more. */
const nameOf = {
  transient: 'provider_unavailable',
  rate: 'rate_limited',
  recipient: 'recipient_rate_limited',
  auth: 'credentials_refused',
  window: 'window_closed',
  // For who has no types to ask for one.
  permanent: 'unknown',
} as const satisfies Readonly<Record<ProviderFault, FailureName>>;

/**
 * A call to a provider failed. The provider's words can hold a number or an id: {@link toRefusal} tells them, and no
 * property that a log, JSON or an inspection would find.
 */
export class ProviderError extends BluetickError {
  override readonly name = 'ProviderError';
  readonly fault: ProviderFault;
  readonly providerCode: string;
  readonly providerWide: boolean;
  readonly retryAfterMs: number | undefined;
  readonly ambiguous: boolean;
  readonly retries: number;
  /** What it is in our words. */
  readonly is: FailureName;
  readonly #detail: string | undefined;

  constructor(message: string, options: ProviderErrorOptions) {
    super(options.fault === 'window' ? 'window_closed' : 'provider_error', message, { cause: options.cause });
    this.fault = options.fault;
    this.providerCode = options.providerCode;
    this.providerWide = options.providerWide ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.ambiguous = options.ambiguous ?? false;
    this.retries = options.retries ?? Number.POSITIVE_INFINITY;
    this.is = options.is ?? nameOf[options.fault];
    this.#detail = options.detail === undefined ? undefined : cutDetail(options.detail);
  }

  /** Whether the same call can succeed later. */
  get retryable(): boolean {
    return this.fault !== 'permanent' && this.fault !== 'window';
  }

  /** Why it failed, to be kept with what the call was for: the provider's words are in it, and never to be logged. */
  toRefusal(): Refusal {
    const detail = this.#detail;
    return { code: this.providerCode, is: this.is, ...(detail !== undefined && { detail }) };
  }
}

/** Whether `error` is a {@link BluetickError}, also one of another copy of this package. */
export function isBluetickError(error: unknown): error is BluetickError {
  return error instanceof Error && 'code' in error && String(error.code) in errorStatus;
}

/** Wraps whatever was thrown, so that callers can rely on a code. */
export function asBluetickError(error: unknown): BluetickError {
  if (isBluetickError(error)) return error;
  return new BluetickError('internal', 'Something unexpected went wrong', { cause: error });
}

/**
 * What a log may say of an error: its class, its codes and where it came from. Never its message and never its other
 * fields: a bot's exception can hold what the customer wrote, an HTTP client's the credentials of the call.
 */
export function describeError(error: unknown): { error: string; code?: string; at?: readonly string[] } {
  if (!(error instanceof Error)) return { error: typeof error };
  const code =
    error instanceof ProviderError ? error.providerCode : 'code' in error ? String(error.code) : undefined;
  return { error: error.name, ...(code !== undefined && { code }), at: placesOf(error) };
}

/** The places in a stack. They stand behind the message, which may hold lines that look like places. */
function placesOf({ stack = '', message }: Error): readonly string[] {
  const end = stack.indexOf(`${message}\n`);
  if (end < 0) return [];
  const places = stack.slice(end + message.length).split('\n');
  return places
    .map(line => line.trim())
    .filter(line => line.startsWith('at '))
    .slice(0, 8);
}
