/** What may be base64 of something: a number in an id of WhatsApp's, or the body of a request. */
const encoded = /[A-Za-z0-9+/_-]{12,}={0,2}/g;
/** Of a request's body in a letter about it there may be base64 in base64. */
const deepest = 3;

/**
 * Looks for a customer in a text of whatever form: JSON, a form's fields, also where it is in base64, as in WhatsApp's message ids.
 * A number that is part of a longer one is another's.
 *
 * @param customers as channels name them
 */
export function mentionOf(customers: readonly string[]): (text: string) => boolean {
  if (customers.length === 0) return () => false;
  const each = customers.map(customer => {
    const quoted = customer.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    return /^\d+$/.test(customer) ? `(?<!\\d)${quoted}(?!\\d)` : `(?<![A-Za-z0-9])${quoted}(?![A-Za-z0-9])`;
  });
  // A plus sign that a form's field has as %2B ends in a letter, a space (%20) in a digit.
  const named = new RegExp(each.join('|'));
  const isIn = (text: string, depth: number): boolean => {
    if (named.test(text) || named.test(text.replaceAll('%20', ' '))) return true;
    if (depth === deepest) return false;
    return (text.match(encoded) ?? []).some(part =>
      isIn(Buffer.from(part, 'base64').toString('latin1'), depth + 1),
    );
  };
  return text => isIn(text, 0);
}
