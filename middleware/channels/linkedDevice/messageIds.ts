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
