/**
 * The part of a store that keeps the requests of a provider which have to be passed on to somebody behind us.
 *
 * @module
 */
import type { ChannelName } from './domain.ts';

/** A provider's request, as much of it as is passed on. It may hold anything that a customer has written. */
export interface ForwardRequest {
  /** What goes along. Names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it came, in base64. */
  readonly body: string;
}

/** A request that is to be kept until it has been passed on. */
export interface NewForward {
  readonly channel: ChannelName;
  /** What makes it one with its repeats: it is kept once. The store keeps a hash of it, for 8 days. */
  readonly key: string;
  /** Whose requests keep their order: one lane a customer. */
  readonly lane: string;
  readonly request: ForwardRequest;
  /** It has gone out already, while the store was away: only that is kept, so that a repeat is known. Default `false`. */
  readonly passed?: boolean;
}

/** A request that waits to be passed on. */
export interface Forward extends Pick<NewForward, 'lane' | 'request'> {
  /** Our opaque id. It is never given again. */
  readonly id: string;
  /** Since when it waits, in Unix milliseconds: a dead letter that is tried again begins anew. */
  readonly createdAt: number;
  /** Tries that failed so far. */
  readonly attempts: number;
}

/**
 * What {@link ForwardStore.addForward} answers. `claimed`: it is the first of its lane, and the caller's to send.
 * `waiting`: earlier ones of its lane are there, or the caller wanted no claim. `known`: it is there already, or was.
 */
export type ForwardAdded =
  | { readonly status: 'claimed' | 'waiting'; readonly id: string }
  | { readonly status: 'known' };

/** What became of a try: it arrived, or the next one is due then, or there is none. */
export type ForwardEnd =
  | { readonly how: 'passed' }
  | { readonly how: 'retry'; readonly dueAt: number }
  | { readonly how: 'dead'; readonly reason: string };

/** What a store needs for passing requests on. Its word for all of them is one: what is kept goes out, in its lane's order. */
export interface ForwardStore {
  /**
   * Keeps a request. Called in the same turn of the event loop as `admit`, it shares its commit.
   *
   * @param leaseMs for how long it is the caller's, where it is the first of its lane; 0: not at all
   */
  addForward(forward: NewForward, now: number, leaseMs: number): Promise<ForwardAdded>;
  /** Takes the first requests of lanes in which one is due, earliest first, and says when the next one is. */
  claimForwards(
    now: number,
    limit: number,
    leaseMs: number,
  ): Promise<{ readonly forwards: readonly Forward[]; readonly nextDueAt: number | undefined }>;
  /**
   * Records what became of a try. Where the request has ended by it, as one that arrived or as a dead letter, the next one
   * of its lane is the caller's.
   */
  endForward(
    id: string,
    end: ForwardEnd,
    now: number,
    leaseMs: number,
  ): Promise<{ readonly next: Forward | undefined; readonly nextDueAt: number | undefined }>;
  /** How many wait, for metrics. */
  countForwards(): Promise<number>;
}
