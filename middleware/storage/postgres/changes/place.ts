/**
 * Where a change stands. Transactions become visible in another order than the one in which they drew their numbers, so
 * changes are read by the number of their transaction first, and only as far as all transactions before it have ended.
 */
export interface Place {
  /** In which log: a new one begins whenever not all that changes is added for a while, or some of it may be lost. */
  readonly epoch: string;
  /** The transaction, as the database numbers it (`xid8`). */
  readonly xid: bigint;
  /** The row among those of the transaction; 0: before all of them. */
  readonly pk: bigint;
}

/** As readers have it. */
export function idOf({ epoch, xid, pk }: Place): string {
  return `${epoch}-${xid}-${pk}`;
}

/** The place that an id stands for; `undefined`: no log has given it. */
export function placeOf(id: string): Place | undefined {
  // Fewer digits than a number of 64 bits may have, so that none is too large for the database.
  const [, epoch, xid, pk] = /^([0-9a-f]{12})-(\d{1,18})-(\d{1,18})$/.exec(id) ?? [];
  if (epoch === undefined || xid === undefined || pk === undefined) return undefined;
  return { epoch, xid: BigInt(xid), pk: BigInt(pk) };
}

/** Whether one place of a log is behind another of the same. */
export function isBehind(one: Omit<Place, 'epoch'>, other: Omit<Place, 'epoch'>): boolean {
  return one.xid > other.xid || (one.xid === other.xid && one.pk > other.pk);
}
