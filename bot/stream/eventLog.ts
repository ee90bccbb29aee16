/** Something that changed, as readers of the stream get it. */
export interface StreamEvent {
  /** Where it stands: each id is behind those before it. Only the log that gave it can read it. */
  readonly id: string;
  /** Our id of the conversation that it is about; absent: it is about the installation. */
  readonly conversation: string | undefined;
  /** The event as it travels: JSON, with the id in it. */
  readonly text: string;
}

/**
 * What changed lately, in one order, for any number of readers, each of whom asks at its own pace. {@link EventRing} keeps
 * it in memory, for one process. Where several serve one store, a table can stand behind the same port, with `NOTIFY` to wake.
 */
export interface EventLog {
  /** Calls `wake` when something was added, perhaps several events at once; the answer ends it. */
  follow(wake: () => void): () => void;
  /** The id of the latest event: whoever begins now begins behind it. */
  latest(): Promise<string>;
  /**
   * The events behind `id`, earliest first, `limit` at most; none: `id` is the latest. `undefined`: this log holds not all
   * that came behind it, or never gave it.
   */
  after(id: string, limit: number): Promise<readonly StreamEvent[] | undefined>;
  /** Ends what it does, and forgets. */
  close(): void;
}
