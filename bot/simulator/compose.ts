import { z } from 'zod';

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

const choice = z.looseObject({ id: z.string(), title: z.string() });

/** Where an interactive message has what can be pressed. */
const pressable = z.looseObject({
  interactive: z.looseObject({
    action: z.looseObject({
      buttons: z.array(z.looseObject({ reply: choice })).optional(),
      sections: z.array(z.looseObject({ rows: z.array(choice) })).optional(),
    }),
  }),
});

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

/** What can be pressed of a message that the business sent: its buttons and list rows. */
export function buttonsOf(body: Readonly<Record<string, unknown>> | undefined): readonly Button[] {
  const { data } = pressable.safeParse(body);
  const { buttons = [], sections = [] } = data?.interactive.action ?? {};
  const rows = sections.flatMap(section => section.rows);
  return [
    ...buttons.map(({ reply: { id, title } }) => ({ title, payload: id, of: 'reply' as const })),
    ...rows.map(({ id, title }) => ({ title, payload: id, of: 'list' as const })),
  ];
}

/**
 * The button or list row with a title, of a message that the business sent.
 *
 * @throws Error if the message has none with that title
 */
export function buttonOf(body: Readonly<Record<string, unknown>> | undefined, title: string): Button {
  const choices = buttonsOf(body);
  const chosen = choices.find(choice => choice.title === title);
  if (chosen !== undefined) return chosen;
  const shown = choices.map(choice => choice.title).join(', ') || 'nothing to press';
  throw new Error(`No button ${JSON.stringify(title)}: the message has ${shown}`);
}
