import type { Media, OutboundContent, Template } from '../domain.ts';
import { BluetickError } from '../errors.ts';
import type { Sends } from '../ports.ts';
import { cardContents } from './cardContents.ts';
import { linesOf, listOf } from './fields.ts';
import { fileContents } from './fileContents.ts';
import { readActions } from './readActions.ts';
import { type Card, type CardFile, isWebAddress, readCard, refused } from './readCard.ts';
import type { ActivityLike, AttachmentLike } from './structuralTypes.ts';
import { textContents } from './textContents.ts';
import { limits, whatsAppSends } from './whatsAppLimits.ts';

/**
 * What a bot's message becomes on its channel: the template that `channelData.template` names, or else
 *
 * - its text, in as many messages as it needs; a short text beside a single file is that file's caption;
 * - then each file and each card (hero, thumbnail, adaptive), in their order;
 * - suggested actions as buttons or a list under the text, else under the last card. With more choices than WhatsApp
 *   holds, or longer ones, they are numbered lines of the text. A single file stands above its buttons.
 *
 * What the channel cannot send becomes what it can: choices are numbered lines of the text, a file is its caption and its
 * address, a template gives way to whatever else the message says. The same activity always becomes the same messages:
 * a turn that is run again knows them again by it.
 *
 * @param sends what the channel can send. Default: what WhatsApp can
 * @throws BluetickError `invalid_request` for an attachment that no message of the channel can hold.
 */
export function toOutbound(activity: ActivityLike, sends: Sends = whatsAppSends): readonly OutboundContent[] {
  const template = templateOf(activity.channelData);
  if (template === undefined) return contentsOf(activity, sends);
  const contents = sends.template ? [] : contentsOf(activity, sends);
  // Where nothing else is said, it is for the channel to say why it has no templates.
  return contents.length > 0 ? contents : [{ type: 'template', template }];
}

function contentsOf(activity: ActivityLike, sends: Sends): readonly OutboundContent[] {
  const { choices, lines } = readActions(listOf(activity.suggestedActions?.actions));
  const text = linesOf(activity.text ?? '', ...lines);
  const parts = (activity.attachments ?? []).map(
    attachment => readCard(attachment) ?? { media: toMedia(attachment) },
  );
  if (choices.length === 0) return told(text, parts, sends);
  return asked({ title: '', text, files: [], choices }, parts, sends);
}

/** What an attachment is: a card, or a file. */
type Part = Card | { readonly media: Media };

function told(text: string, parts: readonly Part[], sends: Sends): readonly OutboundContent[] {
  const [only] = parts;
  const captioned = parts.length === 1 && text !== '' && text.length <= limits.caption;
  if (captioned && only !== undefined && 'media' in only && hasText(only.media)) {
    return fileContents({ ...only.media, caption: text }, sends);
  }
  return [...textContents(text, sends), ...parts.flatMap(part => partContents(part, sends))];
}

/** The choices stand with what was said; where nothing was, with the last card, else below the files. */
function asked(question: Card, parts: readonly Part[], sends: Sends): readonly OutboundContent[] {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && 'media' in only && isAbove(only.media)) {
    return cardContents({ ...question, files: [only.media] }, sends);
  }
  const others = (of: readonly Part[]) => of.flatMap(part => partContents(part, sends));
  if (question.text !== '') return [...cardContents(question, sends), ...others(parts)];
  const last = parts.findLastIndex(part => !('media' in part));
  if (last < 0) return [...others(parts), ...cardContents(question, sends)];
  return parts.flatMap((part, index) =>
    index === last && !('media' in part)
      ? cardContents({ ...part, choices: [...part.choices, ...question.choices] }, sends)
      : partContents(part, sends),
  );
}

function partContents(part: Part, sends: Sends): readonly OutboundContent[] {
  return 'media' in part ? fileContents(part.media, sends) : cardContents(part, sends);
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
