import type { Media, OutboundContent, Template } from '../domain.ts';
import { BluetickError } from '../errors.ts';
import { cardContents, textContents } from './cardContents.ts';
import { linesOf, listOf } from './fields.ts';
import { readActions } from './readActions.ts';
import { type Card, type CardFile, isWebAddress, readCard, refused } from './readCard.ts';
import type { ActivityLike, AttachmentLike } from './structuralTypes.ts';
import { limits } from './whatsAppLimits.ts';

/**
 * What a bot's message becomes on WhatsApp: the template that `channelData.template` names, or else
 *
 * - its text, in as many messages as it needs; a short text beside a single file is that file's caption;
 * - then each file and each card (hero, thumbnail, adaptive), in their order;
 * - suggested actions as buttons or a list under the text, else under the last card. With more choices than WhatsApp
 *   holds, or longer ones, they are numbered lines of the text. A single file stands above its buttons.
 *
 * @throws BluetickError `invalid_request` for an attachment that no WhatsApp message can hold.
 */
export function toOutbound(activity: ActivityLike): readonly OutboundContent[] {
  const template = templateOf(activity.channelData);
  if (template !== undefined) return [{ type: 'template', template }];
  const { choices, lines } = readActions(listOf(activity.suggestedActions?.actions));
  const text = linesOf(activity.text ?? '', ...lines);
  const parts = (activity.attachments ?? []).map(
    attachment => readCard(attachment) ?? { media: toMedia(attachment) },
  );
  return choices.length === 0 ? told(text, parts) : asked({ title: '', text, files: [], choices }, parts);
}

/** What an attachment is: a card, or a file. */
type Part = Card | { readonly media: Media };

function told(text: string, parts: readonly Part[]): readonly OutboundContent[] {
  const [only] = parts;
  const captioned = parts.length === 1 && text !== '' && text.length <= limits.caption;
  if (captioned && only !== undefined && 'media' in only && hasText(only.media)) {
    return [{ type: 'media', media: { ...only.media, caption: text } }];
  }
  return [...textContents(text), ...parts.flatMap(partContents)];
}

/** The choices stand with what was said; where nothing was, with the last card, else below the files. */
function asked(question: Card, parts: readonly Part[]): readonly OutboundContent[] {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && 'media' in only && isAbove(only.media)) {
    return cardContents({ ...question, files: [only.media] });
  }
  if (question.text !== '') return [...cardContents(question), ...parts.flatMap(partContents)];
  const last = parts.findLastIndex(part => !('media' in part));
  if (last < 0) return [...parts.flatMap(partContents), ...cardContents(question)];
  return parts.flatMap((part, index) =>
    index === last && !('media' in part)
      ? cardContents({ ...part, choices: [...part.choices, ...question.choices] })
      : partContents(part),
  );
}

function partContents(part: Part): readonly OutboundContent[] {
  return 'media' in part ? [{ type: 'media', media: part.media }] : cardContents(part);
}

/** Voice messages and stickers have no caption. */
function hasText({ type }: Media): boolean {
  return type !== 'audio' && type !== 'sticker';
}

/** Whether a file can stand above buttons. */
function isAbove(media: Media): media is CardFile {
  return hasText(media) && media.url !== undefined;
}

function toMedia({ contentType = '', contentUrl, name }: AttachmentLike): Media {
  if (!isWebAddress(contentUrl)) {
    throw refused(
      contentType,
      'without a web address; allowed: files with contentUrl https://…, hero, thumbnail and adaptive cards',
    );
  }
  const type = mediaTypeOf(contentType.toLowerCase());
  return {
    type,
    url: contentUrl,
    ...(contentType !== '' && { contentType }),
    ...(type === 'document' && name !== undefined && { fileName: name }),
  };
}

function mediaTypeOf(contentType: string): Media['type'] {
  if (contentType === 'image/webp') return 'sticker';
  const [family] = contentType.split('/', 1);
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'document';
}

function templateOf(channelData: unknown): Template | undefined {
  if (typeof channelData !== 'object' || channelData === null || !('template' in channelData))
    return undefined;
  const { template } = channelData;
  if (template === undefined) return undefined;
  const { name, language } = (template ?? {}) as Partial<Template>;
  if (typeof name === 'string' && typeof language === 'string') return template as Template;
  throw new BluetickError(
    'invalid_request',
    'channelData.template: got one without a name and a language; allowed: { name, language, header?, body? }',
    { field: 'channelData.template' },
  );
}
