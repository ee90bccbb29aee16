import type { Clock, PersonalDataStore, PrivacyAct } from '../ports.ts';
import { customerName, subjectOf } from './customerData.ts';
import { type AskedBy, keepAct, RowCounts } from './privacyActs.ts';

/**
 * Hands out what is held of a customer, as one JSON document, a page of rows at a time: however much it is, little of it is in
 * memory. It ends with `complete: true`: one that was cut off does not.
 *
 * @param customer as {@link customerName} takes it
 * @throws BluetickError `store_unavailable`
 */
export async function* exportCustomer(
  { store, clock }: { readonly store: PersonalDataStore; readonly clock: Clock },
  customer: string,
  by: AskedBy = {},
): AsyncGenerator<string, PrivacyAct> {
  const name = customerName(customer);
  const of = await subjectOf(store, name);
  const { conversations } = of;
  const at = clock.now();
  const head = JSON.stringify({ customer: name, at: new Date(at).toISOString(), conversations });
  yield `${head.slice(0, -1)},"items":[`;
  const counts = new RowCounts();
  let separator = '\n';
  for (let place: string | undefined = ''; place !== undefined; ) {
    const { items, next } = await store.personalData(of, place);
    for (const item of items) {
      counts.add({ [item.table]: 1 });
      yield separator + JSON.stringify(item);
      separator = ',\n';
    }
    place = next;
  }
  // Kept before the end is told: nobody has all of it without that.
  const act = await keepAct(store, { act: 'export', at, counts: counts.all, conversations, ...by });
  yield `\n],"counts":${JSON.stringify(act.counts)},"id":${JSON.stringify(act.id)},"complete":true}\n`;
  return act;
}
