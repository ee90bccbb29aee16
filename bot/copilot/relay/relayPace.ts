/** How the relay waits for the agent. */
export interface RelayPace {
  /** The time between two looks, in milliseconds. Default 500. */
  readonly pollMs: number;
  /** How long the agent must have been silent after an answer for it to count as whole, in milliseconds. Default 2000. */
  readonly quietMs: number;
  /** The same where it has begun to type since. Default 10,000. */
  readonly typingMs: number;
  /**
   * How long a turn waits for the agent in all, in milliseconds. Default 90,000. What the agent says later goes out with
   * the customer's next message.
   */
  readonly limitMs: number;
}

/** What the relay waits by where nothing else is said. */
export const defaultPace: RelayPace = { pollMs: 500, quietMs: 2000, typingMs: 10_000, limitMs: 90_000 };
