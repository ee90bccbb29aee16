/** Conversations, the messages of both sides, what they owe, and what an agent, a policy or a bot keeps of them. See `schema.ts`. */
export const messages: readonly string[] = [
  `
  CREATE TABLE conversation (
    pk          INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    channel     TEXT    NOT NULL,
    business    TEXT    NOT NULL,
    customer    TEXT    NOT NULL,
    holder      TEXT    NOT NULL,
    workstream  TEXT,
    policy      TEXT,
    version     INTEGER NOT NULL DEFAULT 0,
    window_from INTEGER NOT NULL,
    read_pk     INTEGER, -- the newest message whose receipt was sent
    read_at     INTEGER, -- the provider's time of that message
    UNIQUE (customer, business, channel)
  ) STRICT;

  -- A message with the receipt and the turn that it owes: each is there at most once, and all are written together.
  CREATE TABLE inbound (
    pk               INTEGER PRIMARY KEY,
    conversation     INTEGER NOT NULL,
    dedupe           BLOB    NOT NULL UNIQUE, -- a hash: it outlives the erasure of what it was made from
    provider_id      TEXT,
    kind             TEXT    NOT NULL,
    content          TEXT    NOT NULL,
    characters       INTEGER NOT NULL,
    sent_at          INTEGER NOT NULL,
    admitted_at      INTEGER NOT NULL,
    receipt          TEXT, -- the outcome; NULL: no receipt is owed
    until            TEXT,
    due_at           INTEGER,
    because          TEXT,
    ended_at         INTEGER,
    expires_at       INTEGER,
    solo             INTEGER NOT NULL,
    receipt_attempts INTEGER NOT NULL DEFAULT 0,
    turn             TEXT, -- pending, done or dead; NULL: the bot takes no turn
    turn_due         INTEGER,
    turn_attempts    INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX inbound_open ON inbound (conversation, sent_at, pk) WHERE receipt IN ('scheduled', 'held');
  CREATE INDEX inbound_turn ON inbound (conversation, sent_at, pk) WHERE turn = 'pending';
  CREATE INDEX inbound_of ON inbound (conversation, pk);

  CREATE TABLE outbound (
    pk           INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    turn         INTEGER, -- the inbound message whose turn sent it
    ordinal      INTEGER, -- which of the turn's replies it is
    hash         BLOB    NOT NULL,
    content      TEXT    NOT NULL,
    correlation  TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    provider_id  TEXT,
    attempts     INTEGER NOT NULL DEFAULT 0,
    interrupted  INTEGER NOT NULL DEFAULT 0,
    created_at   INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    failure      TEXT
  ) STRICT;
  CREATE INDEX outbound_unsent ON outbound (conversation, pk) WHERE state IN ('queued', 'sending');
  CREATE INDEX outbound_turn ON outbound (turn, ordinal) WHERE turn IS NOT NULL;

  -- A lane: what a conversation owes of one kind, and when somebody should look. While it is leased, due_at is
  -- the end of the lease.
  CREATE TABLE lane (
    kind         TEXT    NOT NULL,
    conversation INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    leased       INTEGER NOT NULL,
    PRIMARY KEY (kind, conversation)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX lane_due ON lane (kind, due_at);
  CREATE INDEX lane_leased ON lane (kind) WHERE leased = 1;

  CREATE TABLE dead_letter (
    pk      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    what    TEXT    NOT NULL,
    channel TEXT    NOT NULL,
    reason  TEXT    NOT NULL,
    item    TEXT    NOT NULL,
    dedupe  BLOB    UNIQUE
  ) STRICT;

  -- One row that is written to see whether the store can be.
  CREATE TABLE heartbeat (pk INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;
  `,
  `
  -- The agents' own mark: how far an agent has seen the conversation. It is no receipt, and no receipt moves it.
  ALTER TABLE conversation ADD COLUMN seen_pk INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX conversation_latest ON conversation (window_from, pk);
  `,
  `
  CREATE TABLE policy (scope TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  -- What a bot remembers between turns, under keys of its own. Items can be large, hence with a rowid.
  CREATE TABLE bot_state (key TEXT NOT NULL PRIMARY KEY, item TEXT NOT NULL, etag TEXT NOT NULL) STRICT;
  `,
];
