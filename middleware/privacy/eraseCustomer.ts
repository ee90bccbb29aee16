import type { Clock, DataSubject, PersonalDataStore, PrivacyAct } from '../ports.ts';
import { customerName, subjectOf } from './customerData.ts';
import { type AskedBy, keepAct, RowCounts } from './privacyActs.ts';

/** What an erasure works with. */
export interface ErasureParts {
  readonly store: PersonalDataStore;
  readonly clock: Clock;
  /** Deletes a file of our own by its id; one that is not there is no fault. Default: there are none. */
  readonly removeFile?: (id: string) => Promise<void>;
}

/**
 * Erases what is held of a customer, whatever the channel. It answers when all of it is gone, with a proof that holds
 * nothing of them. Called again, it finds nothing more, and says so.
 *
 * @param customer as {@link customerName} takes it
 * @throws BluetickError `store_unavailable`: what was begun is gone on with when it is called again, and by {@link finishErasures}
 */
export async function eraseCustomer(
  parts: ErasureParts,
  customer: string,
  by: AskedBy = {},
): Promise<PrivacyAct> {
  return eraseSubject(parts, await subjectOf(parts.store, customerName(customer)), by);
}

async function eraseSubject(parts: ErasureParts, of: DataSubject, by: AskedBy): Promise<PrivacyAct> {
  const { store, clock } = parts;
  const counts = new RowCounts();
  await eraseAll(parts, of, counts);
  await store.scrub();
  const { conversations } = of;
  return keepAct(store, { act: 'erasure', at: clock.now(), counts: counts.all, conversations, ...by });
}

/** Goes on with erasures that were cut off, by a crash or by a store that was away; what was written since stays. */
export async function finishErasures(parts: ErasureParts): Promise<readonly PrivacyAct[]> {
  const acts: PrivacyAct[] = [];
  for (const of of await parts.store.unfinishedErasures()) acts.push(await eraseSubject(parts, of, {}));
  return acts;
}

/** Erases everything of a subject, step by step. */
export async function eraseAll(
  { store, clock, removeFile = async () => {} }: ErasureParts,
  of: DataSubject,
  counts: RowCounts,
): Promise<void> {
  for (let place: string | undefined = ''; place !== undefined; ) {
    const { erased, files, next } = await store.erasePersonalData(of, place, clock.now());
    counts.add(erased);
    await removeAll(files, removeFile, counts);
    place = next;
  }
}

/** Deletes the files of a step. */
export async function removeAll(
  files: readonly string[],
  removeFile: NonNullable<ErasureParts['removeFile']>,
  counts: RowCounts,
): Promise<void> {
  for (const file of files) await removeFile(file);
  if (files.length > 0) counts.add({ file: files.length });
}
