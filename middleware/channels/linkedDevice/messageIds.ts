/** The parts of a message id: `{true|false}_{chatId}_{hexid}[_{participant}]` (WAHA-DOCS, message id). */
export interface MessageIdParts {
  readonly fromMe: boolean;
  /** The chat, as the id has it. */
  readonly chat: string;
  /** The part that is the message's own: all that `message.revoked` and `message.edited` name a message by. */
  readonly own: string;
}

const form = /^(true|false)_([^_]+)_([^_]+)(?:_.+)?$/;

/** Takes a message id apart; `undefined` if it is of another form. */
export function splitMessageId(id: string): MessageIdParts | undefined {
  const [, sender, chat, own] = form.exec(id) ?? [];
  if (chat === undefined || own === undefined) return undefined;
  return { fromMe: sender === 'true', chat, own };
}

/** The full id of a message that is named by its own part alone: it was sent in the same chat by the same end as `act`. */
export function fullMessageId(act: string, own: string): string {
  const parts = splitMessageId(act);
  return parts === undefined || splitMessageId(own) !== undefined
    ? own
    : `${parts.fromMe}_${parts.chat}_${own}`;
}
