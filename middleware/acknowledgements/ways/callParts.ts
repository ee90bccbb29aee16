import { ProviderError } from '../../errors.ts';
import type { EscalationCall } from './way.ts';

/** A call that cannot be made as it is asked for, now or later. Nothing has left our side. */
export function cannotCall(providerCode: string, why: string): ProviderError {
  return new ProviderError(why, { fault: 'permanent', is: 'message_refused', providerCode });
}

/**
 * The phone number of a call as providers take it, in the form of E.164.
 *
 * @throws ProviderError `no_number`: the customer has none that we know, or what is given is none
 */
export function numberOf({ to = '' }: EscalationCall): string {
  if (/^[1-9]\d{4,14}$/.test(to)) return `+${to}`;
  throw cannotCall('no_number', 'There is no phone number to escalate to; allowed: 5 to 15 digits');
}

/**
 * The text of a call, cut where it is longer than its provider takes: half a text says more than none.
 *
 * @param limit how much the provider takes
 * @param cost how much of it a character uses up. Default its UTF-16 units, as providers count.
 * @throws ProviderError `no_text`: the message is no text, and none was given in its place
 */
export function textOf(
  { text = '' }: EscalationCall,
  limit: number,
  cost: (character: string) => number = character => character.length,
): string {
  const given = text.trim();
  if (given === '') throw cannotCall('no_text', 'There is no text to escalate with');
  const ellipsis = '…';
  let used = 0;
  let kept = '';
  let fits = '';
  for (const character of given) {
    used += cost(character);
    if (used > limit) return fits + ellipsis;
    kept += character;
    if (used + cost(ellipsis) <= limit) fits = kept;
  }
  return given;
}
