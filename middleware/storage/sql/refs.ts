const prefixes = {
  message: 'm',
  outbound: 'o',
  letter: 'd',
  failure: 'f',
  orphan: 'r',
  quarantine: 'q',
  step: 'a',
} as const;

/** Our opaque id of a row: it says nothing of the customer, so logs and metrics may hold it. */
export function refOf(of: keyof typeof prefixes, pk: number | bigint): string {
  return `${prefixes[of]}${pk}`;
}

/** The row that a ref stands for; a ref that we never gave finds no row. */
export function pkOf(ref: string): number {
  const pk = Number(ref.slice(1));
  return Number.isSafeInteger(pk) ? pk : -1;
}

/** Where a page begins: behind the row of this ref, or at the newest. */
export function placeOf(before: string | undefined): number {
  return before === undefined ? Number.MAX_SAFE_INTEGER : pkOf(before);
}
