import { ProviderError } from '../../errors.ts';

/** Whose a chat is: a customer's, or what it is instead, and passed over for. */
export type Chat = { readonly customer: string } | { readonly ignored: string };

/** A user by number: `@c.us`, and `@s.whatsapp.net`, the engines' internal form of the same. */
const numbered = /^(\d{1,20})@(?:c\.us|s\.whatsapp\.net)$/;

/** A user who hides the number. Nothing but a look-up at the gateway could tell it. */
const hidden = /^\d{1,30}@lid$/;

/**
 * What is no conversation with one customer. In a group a receipt would tell many, and an answer would reach people who
 * never wrote to the business.
 */
const others: readonly (readonly [RegExp, string])[] = [
  [/@g\.us$/, 'a group'],
  [/@newsletter$/, 'a newsletter'],
  [/^status@broadcast$/, 'a status post'],
];

/**
 * Says whose a chat id is (WAHA-DOCS, chat ids); `undefined` for one of another form. A customer is known by digits, or by
 * the hidden id as it is.
 */
export function readChat(id: string): Chat | undefined {
  const [, digits] = numbered.exec(id) ?? [];
  if (digits !== undefined) return { customer: digits };
  if (hidden.test(id)) return { customer: id };
  const [, what] = others.find(([form]) => form.test(id)) ?? [];
  return what === undefined ? undefined : { ignored: what };
}

/** The customer whose chat an id names; `undefined`: it names something else, or is not there. */
export function customerIn(id: string | undefined): string | undefined {
  const chat = id === undefined ? undefined : readChat(id);
  return chat !== undefined && 'customer' in chat ? chat.customer : undefined;
}

/**
 * The chat id of a customer, in the form that calls take: never the internal one.
 *
 * @throws ProviderError `no_chat`, before any call, for a customer of another form: calls go to nobody else's chat
 */
export function chatIdOf(customer: string): string {
  if (/^\d{1,20}$/.test(customer)) return `${customer}@c.us`;
  if (hidden.test(customer)) return customer;
  throw new ProviderError('A linked device reaches customers by number or hidden id only', {
    fault: 'permanent',
    is: 'unknown_target',
    providerCode: 'no_chat',
  });
}
