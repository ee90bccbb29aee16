import type { DataSubject, PersonalDataStore } from '../ports.ts';

/**
 * A customer as it is asked for: a number in any way of writing it, or a business-scoped user id.
 *
 * @returns the name that channels have for them: the digits of a number, anything else as it is
 */
export function customerName(text: string): string {
  const name = text.trim().replace(/^whatsapp:/i, '');
  return /^[+\d\s().-]+$/.test(name) ? name.replace(/\D/g, '') : name;
}

/** A customer with all of their conversations. */
export async function subjectOf(
  store: Pick<PersonalDataStore, 'customerConversations'>,
  customer: string,
): Promise<DataSubject> {
  return { customers: [customer], conversations: await store.customerConversations(customer) };
}
