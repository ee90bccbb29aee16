/** A file that the customer sends. */
export interface FileOptions {
  readonly type: 'image' | 'document' | 'audio' | 'video' | 'sticker';
  /** Under which the API has it for download. */
  readonly id: string;
  readonly contentType: string;
  readonly caption?: string;
  readonly fileName?: string;
}

/** A button that the customer presses: of a message of the bot (`reply`, the default), a list's row, a template's. */
export interface Button {
  readonly title: string;
  /** What the bot set behind it. */
  readonly payload: string;
  readonly of?: 'reply' | 'list' | 'template';
}

/** What stands beside `type` in the webhook of a file (inbound messages page), and what the screen shows. */
export function fileMessage({ type, id, contentType, caption, fileName }: FileOptions): {
  parts: Record<string, unknown>;
  text: string | undefined;
} {
  const part = {
    id,
    mime_type: contentType,
    ...(caption === undefined ? {} : { caption }),
    ...(fileName === undefined ? {} : { filename: fileName }),
  };
  return { parts: { [type]: part }, text: caption };
}

/** The webhook of a pressed button. Meta documents that of a template; the other two are known from public code. */
export function buttonMessage({ title, payload, of = 'reply' }: Button): {
  type: string;
  parts: Record<string, unknown>;
  text: string;
} {
  if (of === 'template') return { type: 'button', parts: { button: { payload, text: title } }, text: title };
  const name = of === 'list' ? 'list_reply' : 'button_reply';
  const interactive = { type: name, [name]: { id: payload, title } };
  return { type: 'interactive', parts: { interactive }, text: title };
}
