/** What it takes to erase what is held of a customer, and to show that it was done. See `schema.ts`. */
export const personalData: readonly string[] = [
  `
  -- NULL, or that the conversation is erased: whose it was until all of it is gone, then ''.
  ALTER TABLE conversation ADD COLUMN erased TEXT;
  CREATE INDEX conversation_erasing ON conversation (erased) WHERE erased <> '';
  -- What was done about customers' data: nothing of them is in it.
  CREATE TABLE privacy_act (pk INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, item TEXT NOT NULL) STRICT;
  `,
];
