import { ProviderError } from '../errors.ts';

/** How far a call had come when it failed without an answer. */
export interface TransportState {
  /** The provider's name, for the message. */
  readonly provider: string;
  /** Whether bytes of the request may have left: then the provider may have acted on it. */
  readonly started: boolean;
  readonly cause?: unknown;
}

/** The call had no answer in time. Where it never left our side, repeating it is safe. */
export function timeoutFault({ provider, started, cause }: TransportState): ProviderError {
  return new ProviderError(`${provider} did not answer in time`, {
    fault: 'transient',
    providerCode: 'timeout',
    providerWide: true,
    ambiguous: started,
    cause,
  });
}

/**
 * The connection could not be made, or broke before the answer was complete. A cause with `data` is not kept: it is a
 * parser's, and holds the answer as it came, which may repeat what was sent.
 */
export function networkFault({ provider, started, cause }: TransportState): ProviderError {
  return new ProviderError(`The connection to ${provider} failed`, {
    fault: 'transient',
    providerCode: 'network',
    providerWide: true,
    ambiguous: started,
    ...(!(cause instanceof Error && 'data' in cause) && { cause }),
  });
}

/** We stopped the call ourselves: this says nothing about the provider, so no breaker counts it. */
export function abortedFault({ provider, started, cause }: TransportState): ProviderError {
  return new ProviderError(`The call to ${provider} was stopped`, {
    fault: 'transient',
    providerCode: 'aborted',
    ambiguous: started,
    cause,
  });
}

/**
 * The answer says success but not what it was asked for. The provider has probably acted, so the call may be
 * repeated once at most.
 */
export function unreadableFault(provider: string): ProviderError {
  return new ProviderError(`${provider} answered something that cannot be read`, {
    fault: 'transient',
    providerCode: 'unreadable_answer',
    ambiguous: true,
    retries: 1,
  });
}
