import type { PrivacyAct } from '../ports.ts';
import { type ErasureParts, eraseAll, removeAll } from './eraseCustomer.ts';
import { keepAct, RowCounts } from './privacyActs.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** Providers deliver again for up to 7 days (Meta): for so long, and a day, a message that was erased is known again. */
const keyLifetimeMs = 8 * dayMs;

/**
 * Lets go of what is old, in small steps: of messages and what is kept with them, of what was set aside, and of conversations
 * of which nothing else is left. Keys of what was erased go after 8 days, also where nothing else is ever old.
 *
 * @param keepDays how old contents become, in days; `undefined`: they are kept until somebody has them erased
 * @param stopped looked at between the steps: `true` ends it
 * @returns what went; `undefined`: nothing
 * @throws BluetickError `store_unavailable`: what went is gone, and the next time does the rest
 */
export async function eraseOld(
  parts: ErasureParts,
  keepDays: number | undefined,
  stopped: () => boolean = () => false,
): Promise<PrivacyAct | undefined> {
  const { store, clock, removeFile = async () => {} } = parts;
  const at = clock.now();
  const before = keepDays === undefined ? 0 : at - keepDays * dayMs;
  const limits = { before, keysBefore: at - keyLifetimeMs };
  const counts = new RowCounts();
  for (let place: string | undefined = ''; place !== undefined && !stopped(); ) {
    const { erased, files, idle, next } = await store.eraseOld(limits, place);
    counts.add(erased);
    await removeAll(files, removeFile, counts);
    if (idle.conversations.length > 0) await eraseAll(parts, idle, counts);
    place = next;
  }
  if (Object.keys(counts.all).length === 0) return undefined;
  await store.scrub();
  return keepAct(store, { act: 'retention', at, counts: counts.all, conversations: [] });
}
