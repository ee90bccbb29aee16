import type { Interactive, InteractiveChoice, OutboundContent } from '../domain.ts';
import type { Sends } from '../ports.ts';
import { linesOf } from './fields.ts';
import { addressOf, fileContents } from './fileContents.ts';
import type { Card } from './readCard.ts';
import { shorten, splitText } from './splitText.ts';
import { textContents } from './textContents.ts';
import { limits, longestOf } from './whatsAppLimits.ts';

/** The label of the button that opens a list, and the body of a message whose bot gave choices and said nothing. */
export const optionsLabel = 'Options';

/** The choices in the form that holds them. */
type Form =
  | Pick<Extract<Interactive, { kind: 'buttons' }>, 'kind' | 'buttons'>
  | Pick<Extract<Interactive, { kind: 'list' }>, 'kind' | 'button' | 'rows'>;

/**
 * What a card becomes: buttons, else a list, else a text with its choices numbered, so that nothing is lost. What a
 * message cannot hold goes out before it: the choices are always in the last one.
 */
export function cardContents(card: Card, sends: Sends): readonly OutboundContent[] {
  const { title, text, files, choices } = sends.media ? card : withAddresses(card, sends);
  const form = sends.interactive ? formOf(choices) : undefined;
  if (form === undefined) {
    const numbered = choices.map((choice, index) => `${index + 1}. ${choice.title}`);
    return withCaption(files, linesOf(title, text, ...numbered), sends);
  }
  const longest = longestOf(sends);
  // Where a text holds less than WhatsApp's, it is not WhatsApp: header and rows are told in the text too, and want room.
  const limit = limits[longest < limits.text ? 'buttons' : form.kind].body;
  const [first, ...others] = files;
  const picture = form.kind === 'buttons' ? first : undefined;
  const titled = picture === undefined && isHeader(title) && text.trim() !== '' && text.length <= limit;
  const whole = (titled ? text : linesOf(title, text)) || optionsLabel;
  const pieces = splitText(whole, longest, limit);
  const above = picture !== undefined && pieces.length === 1 ? picture : undefined;
  const header = above ?? (titled ? { text: title } : undefined);
  const interactive = {
    ...form,
    ...(header !== undefined && { header }),
    body: pieces.at(-1) ?? optionsLabel,
  } as Interactive;
  return [
    ...(above === undefined ? files : others).flatMap(media => fileContents(media, sends)),
    ...pieces.slice(0, -1).map(piece => ({ type: 'text' as const, text: piece })),
    { type: 'interactive', interactive },
  ];
}

/** The card where files cannot be sent: its text says where they are. */
function withAddresses(card: Card, sends: Sends): Card {
  const addresses = card.files.map(media => addressOf(media, sends));
  return { ...card, text: linesOf(card.text, ...addresses), files: [] };
}

function withCaption(files: Card['files'], text: string, sends: Sends): readonly OutboundContent[] {
  const [only] = files;
  if (only !== undefined && files.length === 1 && text !== '' && text.length <= limits.caption) {
    return fileContents({ ...only, caption: text }, sends);
  }
  return [...files.flatMap(media => fileContents(media, sends)), ...textContents(text, sends)];
}

/** A header is one line. */
function isHeader(title: string): boolean {
  return title !== '' && title.length <= limits.header && !/[\r\n]/.test(title);
}

function formOf(choices: readonly InteractiveChoice[]): Form | undefined {
  const { buttons, list } = limits;
  const sendable = choices.every(({ id }) => id.length <= limits.choiceId && id === id.trim());
  // Meta refuses a message with two of the same.
  if (choices.length === 0 || !sendable || !differ(choices.map(({ id }) => id))) return undefined;
  if (!differ(choices.map(({ title }) => shorten(title, list.title)))) return undefined;
  if (choices.length <= buttons.count && choices.every(({ title }) => title.length <= buttons.title)) {
    return { kind: 'buttons', buttons: choices };
  }
  if (choices.length > list.count || choices.some(({ title }) => title.length > list.description)) {
    return undefined;
  }
  const rows = choices.map(({ id, title }) => ({
    id,
    title: shorten(title, list.title),
    ...(title.length > list.title && { description: title }),
  }));
  return { kind: 'list', button: optionsLabel, rows };
}

function differ(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}
