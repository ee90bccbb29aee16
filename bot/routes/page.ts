import type { Request } from 'restify';
import { BluetickError } from '../../middleware/errors.ts';
import type { PlacedPage } from '../../middleware/ports.ts';

/** The most items of a page where a list sets no limit of its own, and how many there are where nobody says. */
const pageLimit = 100;
const defaultPage = 50;

/** Which page is asked for: so many items, after the one with this id. */
export interface Page {
  readonly limit: number;
  readonly after: string | undefined;
}

/** The form of ids that are a letter and a number. No list has 10^15 rows, and every number below that is exact. */
export function idForm(prefix: string): RegExp {
  return new RegExp(`^${prefix}[1-9]\\d{0,14}$`);
}

/**
 * `?limit=` and `?after=`, the `next` of the page before.
 *
 * @param form what the ids of this list look like: an id of another list is no place in this one
 * @param most the most items of a page; default 100
 * @throws BluetickError `invalid_request`
 */
export function page(request: Request, form: RegExp, most?: number): Page {
  const after = queryOf(request).get('after') ?? undefined;
  if (after !== undefined && !form.test(after)) {
    // What was got is not repeated: somebody may have put a phone number there.
    const message = 'after: got no id of this list, allowed: the `next` of one of its pages';
    throw new BluetickError('invalid_request', message, { field: 'after' });
  }
  return { limit: limitOf(request, most), after };
}

/**
 * `?limit=` alone.
 *
 * @param most as {@link page} has it
 * @throws BluetickError `invalid_request`
 */
export function limitOf(request: Request, most = pageLimit): number {
  const params = queryOf(request);
  const limit = Number(params.get('limit') ?? defaultPage);
  if (!Number.isInteger(limit) || limit < 1 || limit > most) {
    const message = `limit: got ${JSON.stringify(params.get('limit'))}, allowed: 1 to ${most}`;
    throw new BluetickError('invalid_request', message, { field: 'limit' });
  }
  return limit;
}

/** What a store calls the same. */
export function pageQuery({ limit, after }: Page): { limit: number; before?: string } {
  return { limit: limit + 1, ...(after !== undefined && { before: after }) };
}

/**
 * A page as the API shows it.
 *
 * @param found the items, one more than the page has where there are more
 * @param idOf what the next page begins after
 * @param view shows one
 */
export function viewPage<Item>(
  found: readonly Item[],
  { limit }: Page,
  idOf: (item: Item) => string,
  view: (item: Item) => object,
): { items: object[]; next?: string } {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items: items.map(view), ...(found.length > limit && last && { next: idOf(last) }) };
}

/** A page whose end is a place, as the API shows it. */
export function viewPlacedPage<Item>({ items, next }: PlacedPage<Item>, view: (item: Item) => object) {
  return { items: items.map(view), ...(next !== undefined && { next }) };
}

/** The query of a request. */
export function queryOf({ url = '/' }: Request): URLSearchParams {
  return new URL(url, 'http://localhost').searchParams;
}
