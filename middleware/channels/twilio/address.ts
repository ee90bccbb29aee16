/** What WhatsApp's addresses begin with at Twilio. */
const scheme = 'whatsapp:';

/**
 * One end of a conversation as we name it: the number in digits, or, should it be hidden, what stands in its place. An end
 * that is not WhatsApp's keeps its scheme, so that it is nobody's here; one without a scheme is a text message's.
 *
 * @param address as Twilio writes it: `whatsapp:+14155238886`, `+14155238886`, `messenger:…`
 */
export function readEnd(address: string): string {
  if (address.startsWith(scheme)) return address.slice(scheme.length).replace(/^\+(?=\d+$)/, '');
  return address.includes(':') ? address : `sms:${address}`;
}

/** The same as Twilio writes it. */
export function writeEnd(end: string): string {
  return `${scheme}${/^\d+$/.test(end) ? '+' : ''}${end}`;
}

/**
 * The business of an event. What another account's number is told is another business, though the number looks like ours:
 * it bears the account's id before it.
 *
 * @param own the id of our account
 * @param named the account that the event names
 * @param number the business's end, as {@link readEnd} has it
 */
export function businessOf(own: string, named: string, number: string): string {
  return named === own ? number : `${named}/${number}`;
}
