/**
 * The tables, as one list of migrations: version n of a file has had the first n applied. A migration that has
 * been released is never edited.
 */
export const migrations: readonly string[] = [
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
  `
  -- What acknowledgements say of the messages that went out. Rows are narrow, so that a status writes few pages; a row
  -- has the key of its message in "outbound".
  CREATE TABLE ledger (
    pk           INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    provider     BLOB    NOT NULL UNIQUE, -- a hash of the channel and the provider's id
    level        INTEGER NOT NULL DEFAULT 0, -- the highest level, reported or implied
    origin       TEXT    NOT NULL DEFAULT 'own', -- own, or other: somebody else's, over the same number
    accepted_at  INTEGER NOT NULL,
    sent_at      INTEGER,
    delivered_at INTEGER,
    read_at      INTEGER,
    played_at    INTEGER,
    revoked_at   INTEGER,
    noted        INTEGER NOT NULL DEFAULT 0 -- whether "ledger_note" has something of it
  ) STRICT;
  -- What has not arrived, to count what is stuck; and what has arrived and was not read, for whoever answers.
  CREATE INDEX ledger_under_way ON ledger (accepted_at) WHERE level < 2;
  CREATE INDEX ledger_unread ON ledger (conversation) WHERE level = 2;
  INSERT OR IGNORE INTO ledger (pk, conversation, provider, accepted_at)
    SELECT o.pk, o.conversation, provider_key(c.channel, o.provider_id), o.created_at
    FROM outbound o JOIN conversation c ON c.pk = o.conversation WHERE o.provider_id IS NOT NULL;

  -- Failures, and words of a provider that we do not know: once for each code or word.
  CREATE TABLE ledger_note (
    pk     INTEGER PRIMARY KEY,
    ledger INTEGER NOT NULL,
    kind   TEXT    NOT NULL, -- failure or unknown
    code   TEXT    NOT NULL,
    detail TEXT,
    at     INTEGER NOT NULL,
    UNIQUE (ledger, kind, code)
  ) STRICT;
  CREATE INDEX ledger_failure ON ledger_note (pk) WHERE kind = 'failure';

  -- Statuses of messages that are not known yet.
  CREATE TABLE orphan (
    pk          INTEGER PRIMARY KEY AUTOINCREMENT, -- an id that was told never comes again
    provider    BLOB    NOT NULL,
    correlation TEXT,
    dedupe      BLOB    NOT NULL UNIQUE,
    received_at INTEGER NOT NULL,
    item        TEXT    NOT NULL
  ) STRICT;
  CREATE INDEX orphan_provider ON orphan (provider);
  CREATE INDEX orphan_correlation ON orphan (correlation) WHERE correlation IS NOT NULL;
  CREATE INDEX orphan_received ON orphan (received_at);

  -- Statuses that do not belong to the message that they name.
  CREATE TABLE quarantine (
    pk          INTEGER PRIMARY KEY AUTOINCREMENT,
    dedupe      BLOB    NOT NULL UNIQUE,
    received_at INTEGER NOT NULL,
    reason      TEXT    NOT NULL,
    item        TEXT    NOT NULL
  ) STRICT;

  ALTER TABLE outbound ADD COLUMN instead_of TEXT; -- the content that a fallback template went out for
  -- Where a status can only be told by our own id: the provider has not answered yet, or may have the message twice.
  CREATE INDEX outbound_correlation ON outbound (correlation) WHERE provider_id IS NULL OR interrupted > 0;
  CREATE INDEX outbound_of ON outbound (conversation, pk);

  -- The provider's time of the customer's message after which the provider said that the window was closed.
  ALTER TABLE conversation ADD COLUMN window_shut INTEGER;

  -- Letters can be replayed and dropped by their ids now: none may come again.
  ALTER TABLE dead_letter RENAME TO dead_letter_once;
  CREATE TABLE dead_letter (
    pk      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    what    TEXT    NOT NULL,
    channel TEXT    NOT NULL,
    reason  TEXT    NOT NULL,
    item    TEXT    NOT NULL,
    dedupe  BLOB    UNIQUE
  ) STRICT;
  INSERT INTO dead_letter SELECT * FROM dead_letter_once;
  DROP TABLE dead_letter_once;

  -- What is to happen to a message that does not arrive.
  CREATE TABLE escalation (
    pk           INTEGER PRIMARY KEY, -- the message's in "outbound"
    conversation INTEGER NOT NULL,
    rule         TEXT    NOT NULL,
    key          TEXT    NOT NULL, -- the id of its calls
    due_at       INTEGER NOT NULL,
    state        TEXT    NOT NULL,
    doubled      INTEGER NOT NULL DEFAULT 0,
    tries        TEXT    NOT NULL DEFAULT '[]'
  ) STRICT;
  CREATE INDEX escalation_open ON escalation (conversation, due_at) WHERE state IN ('waiting', 'claimed');

  -- The keys under which callers asked to send.
  CREATE TABLE send_key (
    outbound INTEGER PRIMARY KEY, -- the message's in "outbound"
    key      BLOB    NOT NULL UNIQUE, -- a hash of the conversation and the key
    request  BLOB    NOT NULL -- a hash of what was asked for
  ) STRICT;

  -- Web hooks that have to go out.
  CREATE TABLE hook (
    pk         INTEGER PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    url        TEXT    NOT NULL,
    event      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  -- By address: one that is left alone for now is passed over, however many wait for it.
  CREATE INDEX hook_due ON hook (url, due_at);

  -- How many values fell into each bin of each figure in each hour: a sketch that adds up by adding its rows.
  CREATE TABLE figure (
    hour     INTEGER NOT NULL,
    channel  TEXT    NOT NULL,
    business TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    bin      INTEGER NOT NULL,
    count    INTEGER NOT NULL,
    PRIMARY KEY (hour, channel, business, name, bin)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Why providers refused calls for good: in the provider's code and words, and in ours.
  CREATE TABLE refusal (
    what TEXT    NOT NULL, -- receipt or outbound
    pk   INTEGER NOT NULL, -- the message's, in "inbound" or "outbound"
    item TEXT    NOT NULL,
    PRIMARY KEY (what, pk)
  ) STRICT, WITHOUT ROWID;
  `,
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
