/** Something that changed, as readers get it. */
export interface LoggedChange {
  /** Where it stands: each id is behind those before it. Only the log that gave it can read it. */
  readonly id: string;
  /** Our id of the conversation that it is about; absent: it is about the installation. */
  readonly conversation: string | undefined;
  /** The change as it travels: JSON, with the id in it. */
  readonly text: string;
}

/** What changed lately, in one order, for any number of readers, each of whom asks at its own pace. */
export interface ChangeReading {
  /** Calls `wake` when something was added, perhaps several changes at once; the answer ends it. */
  follow(wake: () => void): () => void;
  /** The id of the latest change: whoever begins now begins behind it. */
  latest(): Promise<string>;
  /**
   * The changes behind `id`, earliest first, `limit` at most; none: `id` is the latest. `undefined`: this log holds not all
   * that came behind it, or never gave it.
   */
  after(id: string, limit: number): Promise<readonly LoggedChange[] | undefined>;
}

/**
 * What changed lately in all processes that share a store: it reads the same in each, and an id that one gave is read by all.
 * It is kept only while somebody reads in one of them, and some minutes longer.
 */
export interface ChangeLog extends ChangeReading {
  /**
   * Calls `begin` when changes are to be added, as somebody reads in some process, and what it answered when nobody does any
   * more; again and again. {@link ChangeReading.latest} waits until every process adds.
   */
  whenRead(begin: () => () => void): void;
  /**
   * Adds something that changed here. Nobody waits for it, and it cannot fail: where it is not known to be kept, no id
   * from before is read any more, so that everybody loads anew.
   */
  add(change: { readonly conversation?: string }): void;
}
