/** What became of messages that went out: statuses, failures, escalations, web hooks, figures. See `schema.ts`. */
export const ledger: readonly string[] = [
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
];
