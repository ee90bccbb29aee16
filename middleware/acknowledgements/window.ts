import { saysWindowClosed } from '../channels/saysWindowClosed.ts';
import { type Conversation, windowMs } from '../domain.ts';
import { ProviderError } from '../errors.ts';
import type { Capabilities } from '../ports.ts';

/** What the window of a conversation depends on. */
type WindowState = Pick<Conversation, 'windowFrom' | 'windowShut'>;
type Bound = Pick<Capabilities, 'window'>;

/**
 * What whoever sends is told where the window is closed: word for word what Dynamics 365 tells its agents, so that a desk
 * that knows the sentence knows what to do.
 */
const windowClosedText = 'This conversation has exceeded the 24 hour limit to respond to the customer.';

/** The code of a refusal of our own, for which no provider was called. */
export const refusedHere = 'window_closed';

/**
 * Whether a free-form message may be sent now. It may in the 24 hours after the customer's latest message, by the
 * provider's time of it, unless the provider has said otherwise since; and always where the channel knows no window.
 *
 * @param now Unix milliseconds
 */
export function isWindowOpen(state: WindowState, capabilities: Bound, now: number): boolean {
  if (!capabilities.window) return true;
  return state.windowShut !== true && now < state.windowFrom + windowMs;
}

/**
 * When the window closes, or closed, in Unix milliseconds. `undefined` where the channel knows none, and where the
 * provider closed it before its time: since when it is closed nobody says.
 */
export function windowClosesAt(state: WindowState, capabilities: Bound): number | undefined {
  if (!capabilities.window || state.windowShut === true) return undefined;
  return state.windowFrom + windowMs;
}

/**
 * The error of a free-form message that the closed window keeps back: its code is `window_closed`.
 *
 * @param providerCode the provider's code, where it was the provider that refused. Default: we did
 * @param cause what the provider's refusal was thrown as
 */
export function windowClosed(providerCode: string = refusedHere, cause?: unknown): ProviderError {
  return new ProviderError(windowClosedText, { fault: 'window', providerCode, cause });
}

/** Whether a call failed because the window is closed. */
export function isWindowClosed(error: unknown): error is ProviderError {
  return error instanceof ProviderError && error.fault === 'window';
}

/** Whether the failure that the row of a message has is the closed window, by our refusal or a provider's. */
export function failedByWindow(failure: string | undefined): boolean {
  return failure !== undefined && (failure === refusedHere || saysWindowClosed(failure));
}
