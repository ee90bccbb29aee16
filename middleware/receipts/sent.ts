import { failedByWindow, windowClosed } from '../acknowledgements/window.ts';
import { BluetickError } from '../errors.ts';
import type { Outbound, OutboundAdded } from '../ports.ts';

/** What became of a message that was handed over: its provider's id is there once the provider has it. */
export interface Sent {
  /** Our opaque id. */
  readonly ref: string;
  /** The provider's id; absent while the message waits to be sent, or to be sent again. */
  readonly providerId: string | undefined;
  /** The window is closed: the template that the policy names for it went in the place of what was given. */
  readonly fallback?: true;
}

/** A message that was handed over, and why it will not go out, if so. */
export interface Posted {
  readonly sent: Sent;
  /** Whether it was written down now, and not before under the same key or by an earlier run of the turn. */
  readonly isNew: boolean;
  readonly error?: unknown;
}

/** @param providerId the provider's id, once it is known */
export function toSent({ ref, insteadOf }: Outbound, providerId: string | undefined): Sent {
  return { ref, providerId, ...(insteadOf !== undefined && { fallback: true }) };
}

/** What whoever comes second is answered: what became of the message so far. */
export function repeat({ outbound, conflict }: OutboundAdded): Omit<Posted, 'isNew'> {
  if (conflict === true)
    throw new BluetickError('conflict', 'The key was given to another message of the conversation before');
  const { state, failure, providerId, turn } = outbound;
  const sent = toSent(outbound, providerId);
  const isShut = turn === undefined && state === 'failed' && failedByWindow(failure);
  return { sent, ...(isShut && { error: windowClosed(failure) }) };
}
