import { createHash } from 'node:crypto';
import type { PersonalDataStore, PrivacyAct } from '../ports.ts';

/** Who asked for something, as far as they said. */
export type AskedBy = Pick<PrivacyAct, 'agent' | 'via'>;

/** How many rows of each table, counted up. */
export class RowCounts {
  readonly #counts = new Map<string, number>();

  add(counts: Readonly<Record<string, number>>): void {
    for (const [table, count] of Object.entries(counts))
      this.#counts.set(table, (this.#counts.get(table) ?? 0) + count);
  }

  /** Of the tables that had any, by name. */
  get all(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].sort(([one], [other]) => (one < other ? -1 : 1)));
  }
}

/** Keeps that something was done, under a digest of what is said of it. */
export async function keepAct(
  store: Pick<PersonalDataStore, 'addPrivacyAct'>,
  act: Omit<PrivacyAct, 'id'>,
): Promise<PrivacyAct> {
  const kept = { id: idOf(act), ...act };
  await store.addPrivacyAct(kept);
  return kept;
}

/** The digest under which an act is kept: SHA-256 of its JSON, members in the order of their names. */
export function idOf(act: Omit<PrivacyAct, 'id'>): string {
  const members = Object.entries(act).sort(([one], [other]) => (one < other ? -1 : 1));
  return `p_${createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(members)))
    .digest('hex')}`;
}
