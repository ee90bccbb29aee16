import type { FailureName } from '../domain.ts';
import { ProviderError, type ProviderErrorOptions, type ProviderFault } from '../errors.ts';

/** What a kind of failure means, whoever the provider is. */
interface FailureMeaning {
  /** What comes next; see {@link ProviderFault}. */
  readonly fault: ProviderFault;
  /** At whose door it lies: `us` is Bluetick, `business` its operator's account or settings. */
  readonly whose: 'us' | 'business' | 'customer' | 'provider';
  /** What a human is to do, in one sentence. */
  readonly todo: string;
}

/**
 * The failures of every provider in words of our own, which do not change between versions: each documented code of a
 * provider is mapped to one of them in its channel's `failures.ts`. The table in `docs/failures.md` is made of both.
 */
export const failureMeanings = {
  rate_limited: {
    fault: 'rate',
    whose: 'business',
    todo: 'Send it again later: refused calls are made again by themselves, for a time. If it stays, ask for a higher rate.',
  },
  recipient_rate_limited: {
    fault: 'recipient',
    whose: 'business',
    todo: 'Send it again later, and this customer less at once: only they wait.',
  },
  provider_unavailable: {
    fault: 'transient',
    whose: 'provider',
    todo: 'Send it again: failed calls are made again by themselves, for a time. If it stays, look at the provider’s status page.',
  },
  credentials_refused: {
    fault: 'auth',
    whose: 'business',
    todo: 'Renew the credentials: the number pauses and what is owed waits.',
  },
  permission_missing: {
    fault: 'auth',
    whose: 'business',
    todo: 'Grant the permission: the number pauses and what is owed waits.',
  },
  window_closed: {
    fault: 'window',
    whose: 'business',
    todo: 'Send a template, or wait until the customer writes.',
  },
  recipient_unreachable: {
    fault: 'permanent',
    whose: 'customer',
    todo: 'Reach the customer another way: an escalation does.',
  },
  recipient_declined: {
    fault: 'permanent',
    whose: 'customer',
    todo: 'Do not write to this customer again before they do.',
  },
  recipient_blocked: {
    fault: 'permanent',
    whose: 'business',
    todo: 'Unblock the customer, if they were not blocked on purpose.',
  },
  message_refused: {
    fault: 'permanent',
    whose: 'us',
    todo: 'Look at the message: the provider does not take its content or form.',
  },
  template_refused: {
    fault: 'permanent',
    whose: 'business',
    todo: 'Look at the template and its parameters at the provider.',
  },
  media_refused: {
    fault: 'permanent',
    whose: 'business',
    todo: 'Look at the file: its address, type and size.',
  },
  account_restricted: {
    fault: 'permanent',
    whose: 'business',
    todo: 'Settle it with the provider: the account or the number may not do this.',
  },
  unknown_target: {
    fault: 'permanent',
    whose: 'us',
    todo: 'Look at the ids: the provider knows no such message, number, session or conversation.',
  },
  not_delivered: {
    fault: 'permanent',
    whose: 'provider',
    todo: 'Reach the customer another way, or later: the provider chose not to deliver, or gave up.',
  },
  unanswered: {
    fault: 'permanent',
    whose: 'provider',
    todo: 'Ask the customer before you send it again: nobody knows whether the provider carried the call out.',
  },
  unknown: {
    fault: 'permanent',
    whose: 'provider',
    todo: 'Look at the provider’s text, which is kept with the message.',
  },
} as const satisfies Readonly<Record<FailureName, FailureMeaning>>;

/** One documented code of a provider. */
export interface DocumentedFailure {
  /**
   * As the provider writes it, such as `131047`, or `http_429` where the status says it. Two numbers are all that lie
   * between them: `200-299`, `http_500-599`. A code with an entry of its own is that.
   */
  readonly code: string;
  /** What the provider means by it, in a few words. */
  readonly says: string;
  readonly is: FailureName;
  /** Set where the provider's own words for the code were not read: that it means this is expected. */
  readonly unverified?: true;
  /** What this code differs in from others of its name. */
  readonly but?: Partial<
    Pick<ProviderErrorOptions, 'providerWide' | 'retries' | 'ambiguous' | 'retryAfterMs'>
  >;
}

/** A provider's documented codes. Made with {@link mapFailures}. */
export interface FailureMap {
  /** The provider's name, for people. */
  readonly provider: string;
  /** Where the codes are documented: the short name of the page. */
  readonly source: string;
  readonly failures: readonly DocumentedFailure[];
  /** Says what a code means; an unknown one is `undefined`. */
  find(code: string): DocumentedFailure | undefined;
}

/** Makes a map of a provider's documented codes. */
export function mapFailures(
  provider: string,
  source: string,
  failures: readonly DocumentedFailure[],
): FailureMap {
  const byCode = new Map(failures.map(each => [each.code, each]));
  const ranges = failures.flatMap(failure => {
    const [, prefix, from, to] = /^(\D*)(\d+)-(\d+)$/.exec(failure.code) ?? [];
    return prefix === undefined ? [] : [{ failure, prefix, from: Number(from), to: Number(to) }];
  });
  const inRange = (code: string) => {
    const [, prefix, digits] = /^(\D*)(\d+)$/.exec(code) ?? [];
    const number = Number(digits);
    return ranges.find(range => range.prefix === prefix && range.from <= number && number <= range.to)
      ?.failure;
  };
  return { provider, source, failures, find: code => byCode.get(code) ?? inRange(code) };
}

/**
 * HTTP's faults of a server, as most providers' maps have them. An error is an answer: the call was not carried out. Only a
 * gateway that had none itself cannot know.
 */
export const serverFailures: readonly DocumentedFailure[] = [
  ...['http_502', 'http_504'].map(code => ({
    code,
    says: 'a gateway without an answer',
    is: 'provider_unavailable' as const,
    but: { providerWide: true, ambiguous: true },
  })),
  {
    code: 'http_500-599',
    says: 'a fault of the server',
    is: 'provider_unavailable',
    but: { providerWide: true },
  },
];

/** The error of a call that was refused with a documented code. */
export function documentedError(
  { provider }: FailureMap,
  { code, is, but }: Omit<DocumentedFailure, 'says'>,
  more: Partial<Pick<ProviderErrorOptions, 'detail' | 'retryAfterMs'>> = {},
): ProviderError {
  const { fault } = failureMeanings[is];
  const options = { fault, is, providerCode: code, ...but, ...more };
  return new ProviderError(`${provider} refused the call (${code})`, options);
}

/** An answer that refuses a call, as far as it tells what is wrong. */
export interface RefusedAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** The provider's code, where there is one that has the form of one: it is told in messages and logs. */
  readonly code?: string | undefined;
  /** The provider's own words. */
  readonly detail?: string | undefined;
  /** How long it asks us to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * The error of a call that was refused: its code says what it means where that is documented, else the status, as
 * `http_<status>`. What neither tells is permanent.
 */
export function refusedCall(
  map: FailureMap,
  { status, code, detail, retryAfterMs }: RefusedAnswer,
): ProviderError {
  const byStatus = `http_${status}`;
  const providerCode = code ?? byStatus;
  const documented = (code === undefined ? undefined : map.find(code)) ?? map.find(byStatus);
  const { is, but } = documented ?? { is: 'unknown' };
  // What is said of credentials that are refused may quote them.
  const kept = failureMeanings[is].fault === 'auth' ? undefined : detail || undefined;
  return documentedError(
    map,
    { code: providerCode, is, ...(but && { but }) },
    { detail: kept, ...(retryAfterMs !== undefined && { retryAfterMs }) },
  );
}
