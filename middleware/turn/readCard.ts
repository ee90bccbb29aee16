import type { InteractiveChoice, InteractiveHeader, Media } from '../domain.ts';
import { BluetickError } from '../errors.ts';
import { fieldsOf, linesOf, listOf, textOf } from './fields.ts';
import { readActions } from './readActions.ts';
import { readAdaptiveCard } from './readAdaptiveCard.ts';
import type { AttachmentLike } from './structuralTypes.ts';

/** A file that can stand above buttons. */
export type CardFile = Extract<InteractiveHeader, Media>;

/** What a card says, whatever kind of card it was. Empty texts say nothing. */
export interface Card {
  readonly title: string;
  readonly text: string;
  readonly files: readonly CardFile[];
  readonly choices: readonly InteractiveChoice[];
}

const family = 'application/vnd.microsoft.card.';

/**
 * Reads a hero, thumbnail or adaptive card; `undefined` for any other attachment.
 *
 * @throws BluetickError `invalid_request` for a card that says nothing, or with an image that WhatsApp cannot fetch
 */
export function readCard({ contentType = '', content }: AttachmentLike): Card | undefined {
  const kind = contentType.toLowerCase();
  const read =
    kind === `${family}adaptive`
      ? readAdaptiveCard(content)
      : kind === `${family}hero` || kind === `${family}thumbnail`
        ? readHeroCard(content)
        : undefined;
  if (read === undefined) return undefined;
  const { images, ...said } = read;
  const card = { ...said, files: images.map(url => imageAt(url, contentType)) };
  if (said.title === '' && said.text === '' && card.files.length === 0 && said.choices.length === 0) {
    throw refused(contentType, 'that says nothing; allowed: cards with a text, an image or a button');
  }
  return card;
}

/** Whether the provider can fetch a file from there. */
export function isWebAddress(address: string | undefined): address is string {
  return address !== undefined && /^https?:/i.test(address);
}

/** Says what is wrong with an attachment. Addresses stay out of it: they can hold a secret. */
export function refused(contentType: string, why: string): BluetickError {
  return new BluetickError(
    'invalid_request',
    `attachments: got one of type ${JSON.stringify(contentType)} ${why}`,
    {
      field: 'attachments',
    },
  );
}

function readHeroCard(content: unknown) {
  const { title, subtitle, text, images, buttons, tap } = fieldsOf(content);
  const { choices, lines } = readActions([...listOf(buttons), ...(tap === undefined ? [] : [tap])]);
  return {
    title: textOf(title).trim(),
    text: linesOf(textOf(subtitle), textOf(text), ...lines),
    images: listOf(images)
      .map(image => textOf(fieldsOf(image).url))
      .filter(url => url !== ''),
    choices,
  };
}

function imageAt(url: string, contentType: string): CardFile {
  if (isWebAddress(url)) return { type: 'image', url };
  throw refused(contentType, 'whose image has no web address; allowed: images with url https://…');
}
