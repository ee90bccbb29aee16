import { type PassingFault, ProviderError } from '../errors.ts';

/** Why calls are not made, in our words. */
const unmadeCodes = [
  'breaker_open',
  'busy',
  'channel_paused',
  'disconnected',
  'given_up',
  'rate_paused',
  'recipient_paused',
] as const;

/** Why a call was not made, and how long to wait before the next look. */
export interface Unmade {
  readonly fault: PassingFault;
  readonly code: (typeof unmadeCodes)[number];
  readonly waitMs: number;
}

/** Whether a failed call really went out; one that did not is not counted as a try. */
export function wasMade({ providerCode }: ProviderError): boolean {
  return !unmadeCodes.some(code => code === providerCode);
}

/** What a caller gets in the place of an answer. */
export function notMade({
  fault,
  code,
  waitMs,
}: Pick<Unmade, 'fault' | 'code'> & Partial<Unmade>): ProviderError {
  return new ProviderError(`No call was made: ${code}`, {
    fault,
    providerCode: code,
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
  });
}
