/** What people need who take a conversation: who wrote what, who holds it, and what the bot had learned. See `schema.ts`. */
export const handoffs: readonly string[] = [
  `
  -- Who wrote a message that no turn sent: an agent, or a program over the API; and which agent.
  ALTER TABLE outbound ADD COLUMN sender TEXT;
  ALTER TABLE outbound ADD COLUMN agent TEXT;
  -- What customers did to messages later: to show it with them. Few rows, so that admission hardly ever writes it.
  CREATE INDEX inbound_about
    ON inbound (conversation, coalesce(json_extract(content, '$.reaction.to'), json_extract(content, '$.concerns')))
    WHERE kind IN ('reaction', 'edit', 'revoke');
  -- Those that people hold are few beside those of the bot, and asked for all day.
  CREATE INDEX conversation_queue ON conversation (window_from, pk) WHERE holder = 'queue';
  CREATE INDEX conversation_agent ON conversation (window_from, pk) WHERE holder = 'agent';
  `,
  `
  -- Who has a conversation that the bot has let go, and how it came to that.
  ALTER TABLE conversation ADD COLUMN agent TEXT;
  ALTER TABLE conversation ADD COLUMN assigned_to TEXT;
  ALTER TABLE conversation ADD COLUMN handoff TEXT; -- as JSON; what was handed over is large, and apart
  CREATE TABLE handoff_notes (conversation INTEGER PRIMARY KEY, notes TEXT NOT NULL) STRICT;
  `,
];
