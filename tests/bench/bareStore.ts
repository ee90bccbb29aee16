import { createHash } from 'node:crypto';
import { BareDatabase } from './bareDatabase.ts';
import { BareFile } from './bareFile.ts';
import { fileIn, isDatabase, openBenchStore } from './benchStores.ts';
import { type Contender, eachOf, inLists } from './contenders.ts';
import { customerOf, customers } from './ledgerFile.ts';
import type { BenchStatus } from './statusLoad.ts';

/** A customer's message, as it stands in a row. */
export interface BareMessage {
  readonly customer: string;
  readonly providerId: string;
  readonly dedupe: Uint8Array;
  /** The id that its conversation gets if it has none. */
  readonly id: string;
}

/**
 * The tables of a store, written to as directly as one can: the same rows as Bluetick's, by the fewest statements, and nothing
 * is asked, decided or checked. It is what a store could do at best on this machine.
 */
export interface BareStore {
  /** Writes messages, each with a receipt that is due then, the receipt's first step, its conversation and its lane; one commit. */
  addMessages(messages: readonly BareMessage[], dueAt: number): Promise<void>;
  /** Writes what statuses say into their rows of the ledger; one commit. */
  addStatuses(statuses: readonly BenchStatus[]): Promise<void>;
  /** Leases so many lanes of receipts that are due; answers their conversations. */
  claim(limit: number): Promise<readonly number[]>;
  /** Ends what conversations owe, as sent; one commit. */
  finish(conversations: readonly number[]): Promise<void>;
  close(): Promise<void>;
}

/** Rows of one commit. As many requests are in flight where webhooks are sent, so that about as many share one there. */
export const bareBatch = 64;
/** Commits under way at once, as the store has them. */
const atOnce = 4;

/** Opens a store bare. Its tables are Bluetick's, with their indexes: they are made first, where they are not there. */
export async function openBareStore(place: string): Promise<BareStore> {
  const store = await openBenchStore(place);
  await store.close();
  return isDatabase(place) ? new BareDatabase(place) : new BareFile(fileIn(place));
}

/** A first-time message of one of 20,000 customers. */
export function bareMessage(random: () => number): BareMessage {
  const providerId = `wamid.HBgN${hex(random, 20)}AA==`;
  return {
    customer: customerOf(Math.floor(random() * customers)),
    providerId,
    dedupe: createHash('sha256').update(providerId).digest().subarray(0, 16),
    id: `c_${hex(random, 12)}`,
  };
}

function hex(random: () => number, bytes: number): string {
  return Buffer.from(Array.from({ length: bytes }, () => random() * 256)).toString('hex');
}

/** A loop over a bare store, as a contender. */
export function bareContender<T>(
  bare: BareStore,
  {
    itemsOf,
    write,
  }: { itemsOf: (round: number) => readonly T[]; write: (items: readonly T[]) => Promise<void> },
): Contender {
  return {
    async run(round) {
      const items = itemsOf(round);
      const begin = performance.now();
      await eachOf(inLists(items, bareBatch), atOnce, write);
      return items.length / ((performance.now() - begin) / 1000);
    },
    end: () => bare.close(),
  };
}
