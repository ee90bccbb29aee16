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
    todo: 'Nothing: it is tried again later. If it stays, ask the provider for a higher rate.',
  },
  recipient_rate_limited: {
    fault: 'recipient',
    whose: 'business',
    todo: 'Nothing: only this customer waits. Send them less at once.',
  },
  provider_unavailable: {
    fault: 'transient',
    whose: 'provider',
    todo: 'Nothing: it is tried again. If it stays, look at the provider’s status page.',
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
  unknown: {
    fault: 'permanent',
    whose: 'provider',
    todo: 'Look at the provider’s text, which is kept with the message.',
  },
} as const satisfies Readonly<Record<string, FailureMeaning>>;

/** One of our stable words for a failure: see {@link failureMeanings}. */
export type FailureName = keyof typeof failureMeanings;

/** One documented code of a provider. */
export interface DocumentedFailure {
  /** As the provider writes it, such as `131047`, or `http_429` where the status says it. */
  readonly code: string;
  /** What the provider means by it, in a few words. */
  readonly says: string;
  readonly is: FailureName;
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
  return { provider, source, failures, find: code => byCode.get(code) };
}

/** The error of a call that was refused with a documented code. */
export function documentedError(
  { provider }: FailureMap,
  { code, is, but }: DocumentedFailure,
  more: Partial<ProviderErrorOptions> = {},
): ProviderError {
  const { fault } = failureMeanings[is];
  return new ProviderError(`${provider} refused the call (${code})`, {
    fault,
    providerCode: code,
    ...but,
    ...more,
  });
}
