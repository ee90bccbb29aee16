/** What is kept of turns beside the messages that they answer. See `schema.ts`. */
export const turns: readonly string[] = [
  `
  -- How often the turn has changed who holds the conversation: what it has done once it does not do again.
  ALTER TABLE inbound ADD COLUMN turn_acts INTEGER NOT NULL DEFAULT 0;
  `,
];
