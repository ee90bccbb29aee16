import type { Media, OutboundContent, Template } from '../domain.ts';
import { BluetickError } from '../errors.ts';
import type { ActivityLike, AttachmentLike } from './structuralTypes.ts';

/** The longest caption that WhatsApp shows under a file; a longer text goes out as a message of its own. */
const longestCaption = 1024;

/**
 * What a bot's message becomes on WhatsApp: its text, a file for each attachment (a short text beside a single file
 * is that file's caption), or the template that `channelData.template` names.
 *
 * @throws BluetickError `invalid_request` for an attachment that no WhatsApp message can hold.
 */
export function toOutbound(activity: ActivityLike): readonly OutboundContent[] {
  const template = templateOf(activity.channelData);
  if (template !== undefined) return [{ type: 'template', template }];
  const text = activity.text ?? '';
  const files = (activity.attachments ?? []).map(toMedia);
  const [only] = files;
  const captioned = files.length === 1 && text !== '' && text.length <= longestCaption && only !== undefined;
  if (captioned && only.type !== 'audio' && only.type !== 'sticker') {
    return [{ type: 'media', media: { ...only, caption: text } }];
  }
  return [
    ...(text === '' ? [] : [{ type: 'text' as const, text }]),
    ...files.map(media => ({ type: 'media' as const, media })),
  ];
}

function toMedia({ contentType = '', contentUrl, name }: AttachmentLike): Media {
  if (contentUrl === undefined || !/^https?:/i.test(contentUrl)) {
    throw new BluetickError(
      'invalid_request',
      `attachments: got one of type ${JSON.stringify(contentType)} without a web address; allowed: files with contentUrl https://…`,
      { field: 'attachments' },
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
