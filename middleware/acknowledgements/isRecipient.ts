import type { Acknowledgement } from '../domain.ts';

/**
 * Whether a status is about a message to this customer, as far as it says. A customer has two names, a phone number and a
 * business-scoped user id, and either may be left out (facts of Meta's and ACS's pages on usernames): names of different
 * forms say nothing about each other, and a group has a third form.
 */
export function isRecipient(
  { customer, customerAlias }: Pick<Acknowledgement, 'customer' | 'customerAlias'>,
  of: string,
): boolean {
  const named = [customer, customerAlias].filter(name => name !== undefined);
  if (named.some(name => name === of)) return true;
  return !named.some(name => formOf(name) === formOf(of));
}

/** `US.13491208655302741918`: the country and at most 128 letters and digits, for a parent's id with `ENT.` between. */
const userId = /^[A-Z]{2}\.(ENT\.)?[\dA-Za-z]{1,128}$/;

function formOf(name: string): 'number' | 'user id' | 'other' {
  if (/^\+?\d+$/.test(name)) return 'number';
  return userId.test(name) ? 'user id' : 'other';
}
