/** The audit of receipts. See `schema.ts`. */
export const receiptSteps: readonly string[] = [
  `
  -- How each receipt came to be what it is: a row for each decision about it, and for each call that was tried.
  CREATE TABLE receipt_step (
    pk        INTEGER PRIMARY KEY,
    message   INTEGER NOT NULL, -- in "inbound"
    at        INTEGER NOT NULL,
    outcome   TEXT    NOT NULL,
    until     TEXT,
    due_at    INTEGER,
    because   TEXT    NOT NULL,
    caused_by TEXT    NOT NULL,
    event     TEXT, -- what an agent did
    agent     TEXT, -- and who that is
    via       TEXT, -- and who told it
    answer    TEXT -- the provider's: 'taken', or why not, as JSON
  ) STRICT;
  CREATE INDEX receipt_step_of ON receipt_step (message);
  `,
];
