/** Rows beyond the edges that are drawn too: what a flick of the wheel shows before the next frame. */
const margin = 8;

/** Which rows are to be drawn: from one up to, and without, another. */
export function rowsInView({
  top,
  height,
  rowHeight,
  count,
}: {
  /** How far it is scrolled, in pixels. */
  readonly top: number;
  /** What of it is on the screen, in pixels. */
  readonly height: number;
  readonly rowHeight: number;
  readonly count: number;
}): { from: number; to: number } {
  const first = Math.floor(top / rowHeight);
  const last = Math.ceil((top + height) / rowHeight);
  return { from: Math.max(Math.min(first - margin, count), 0), to: Math.min(last + margin, count) };
}

/**
 * Where a key leads from a row.
 *
 * @param place the row's number; `-1`: none
 * @param page rows that are on the screen
 * @returns the row that is active then; `undefined`: it is no such key, or there is no row
 */
export function pastKey(
  key: string,
  { place, count, page }: { readonly place: number; readonly count: number; readonly page: number },
): number | undefined {
  if (count === 0) return undefined;
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: place + 1,
    ArrowUp: place - 1,
    PageDown: place + Math.max(page, 1),
    PageUp: place - Math.max(page, 1),
    Home: 0,
    End: count - 1,
  };
  const next = steps[key];
  return next === undefined ? undefined : Math.min(Math.max(next, 0), count - 1);
}

/**
 * The first of so many places, in order, of which something is true, where it is true of all behind it too; `count`: of none.
 */
export function firstPast(count: number, isPast: (place: number) => boolean): number {
  let [from, to] = [0, count];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (isPast(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
