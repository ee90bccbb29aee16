import type { Sabotage } from './sabotages.ts';

/**
 * Where a host may be killed: before and after each transaction of its store, before, within and after each call to
 * the provider, before and after each webhook. Between two of them nothing happens that anybody else could see.
 * `commit sent`: a database in another process has been told to commit, and its answer is not there.
 */
export const faultPoints = [
  'webhook came',
  'webhook answered',
  'commit begins',
  'commit sent',
  'commit done',
  'call begins',
  'call sent',
  'call answered',
] as const;
export type FaultPoint = (typeof faultPoints)[number];

/** How the store behaves. `lying`: it says that it has kept what it has not. */
export const storeModes = ['honest', 'readOnly', 'lying'] as const;
export type StoreMode = (typeof storeModes)[number];

/** What the test orders of what it has loaded into the host. */
export interface ToHost {
  /** Die at the n-th point from now on; 0: at none. */
  readonly killIn?: number;
  /** Freeze at the n-th point from now on, as a machine does that is put to sleep; 0: at none. */
  readonly freezeIn?: number;
  readonly store?: StoreMode;
  /** The n-th transaction from now on fails, as on a disk that has an error; 0: none. */
  readonly failIn?: number;
  /** Milliseconds by which the host's clock is wrong. */
  readonly clock?: number;
  /** What its statements to PostgreSQL are made to do wrong; `none`: nothing any more. */
  readonly sabotage?: Sabotage | 'none';
}

/** What the store has to do still, looked at after each transaction. */
export interface StoreState {
  /** Lanes in which something is under way, or due within an hour: what is held falls due much later. */
  readonly unrest: number;
  /** Replies that are not tried again, since two calls were cut off. */
  readonly givenUp: number;
}

/**
 * What it says: that an order holds from now on; that the store has written, and where it stands. Of a database that
 * others write to as well it says only that it has written.
 */
export type FromHost = { readonly obeyed: true } | StoreState;

/** The store's state, as SQL with a parameter: now, in Unix milliseconds. */
export const stateQuery = `SELECT
  (SELECT count(*) FROM lane WHERE leased <> 0 OR due_at - 3600000 <= ?) AS unrest,
  (SELECT count(*) FROM outbound WHERE state = 'failed' AND interrupted > 1) AS "givenUp"`;
