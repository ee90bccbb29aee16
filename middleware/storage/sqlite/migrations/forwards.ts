/** Requests that are passed on to somebody behind us. See `schema.ts`. */
export const forwards: readonly string[] = [
  `
  -- Requests of a provider that have to be passed on to somebody behind us.
  CREATE TABLE forward (
    pk         INTEGER PRIMARY KEY AUTOINCREMENT, -- what has gone out is known by its id, which never comes again
    channel    TEXT    NOT NULL,
    lane       TEXT    NOT NULL, -- whose requests keep their order
    request    TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX forward_of ON forward (lane, pk);

  -- When somebody should look at a lane that has requests. While it is leased, due_at is the end of the lease.
  CREATE TABLE forward_lane (
    lane   TEXT    NOT NULL PRIMARY KEY,
    due_at INTEGER NOT NULL,
    leased INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX forward_due ON forward_lane (due_at);

  -- The requests that came lately, so that none goes out twice.
  CREATE TABLE forward_key (dedupe BLOB NOT NULL PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX forward_key_at ON forward_key (at);
  `,
];
