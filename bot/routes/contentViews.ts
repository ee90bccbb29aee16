import { contentText } from '../../middleware/acknowledgements/contentText.ts';
import type { InboundContent, Media, OutboundContent, Template } from '../../middleware/domain.ts';
import type { LatestMessage } from '../../middleware/ports.ts';
import type { TemplateBook } from '../templates/templateBook.ts';
import { isoTime } from './messageViews.ts';

/** What fills in the texts of templates. */
export type TemplateTexts = Pick<TemplateBook, 'textOf'>;

/** How much of a message a list shows, in characters. */
const peekLength = 80;

/** The newest message of a conversation, in one line of a list. */
export function viewLatest({ side, at, content }: LatestMessage, templates: TemplateTexts) {
  const text = side === 'customer' ? content?.text : textOf(content, templates);
  return {
    side,
    at: isoTime(at),
    type: content?.type ?? 'unknown',
    // By characters as people count them: half an emoji is none.
    ...(text !== undefined && { text: [...text].slice(0, peekLength).join('') }),
  };
}

/**
 * What came from the customer's side. The provider's ids of files and messages stay here: ours stand for them.
 *
 * @param ref our id of the message
 * @param concerns our id of the one that it is about, where that is known
 */
export function viewInbound(content: InboundContent | undefined, ref: string, concerns: string | undefined) {
  if (content === undefined) return { type: 'unknown' };
  const { type, text, payload, media, location, reaction, replyTo } = content;
  const about = concerns ?? null;
  return {
    type,
    ...(text !== undefined && { text }),
    ...(payload !== undefined && { payload }),
    ...(media !== undefined && {
      media: { ...viewFile(media), ...(media.id !== undefined && { url: `/api/v1/media/${ref}` }) },
    }),
    ...(location !== undefined && { location }),
    ...(reaction !== undefined && {
      reaction: { to: about, ...(reaction.emoji !== undefined && { emoji: reaction.emoji }) },
    }),
    ...(replyTo !== undefined && reaction === undefined && { replyTo: about }),
    ...(content.concerns !== undefined && { concerns: about }),
  };
}

/** What went to the customer; a template with its parameters filled in where its text is known. */
export function viewOutbound(content: OutboundContent | undefined, templates: TemplateTexts) {
  if (content === undefined) return { type: 'unknown' };
  const { type } = content;
  const text = textOf(content, templates);
  return {
    type,
    ...(text !== undefined && { text }),
    ...(type === 'media' && {
      media: {
        ...viewFile(content.media),
        ...(content.media.url !== undefined && { url: content.media.url }),
      },
    }),
    ...(type === 'interactive' && { interactive: content.interactive }),
    ...(type === 'template' && { template: viewTemplate(content.template) }),
  };
}

/** Its caption is the message's text. */
function viewFile({ type, contentType, fileName }: Media) {
  return {
    type,
    ...(contentType !== undefined && { contentType }),
    ...(fileName !== undefined && { fileName }),
  };
}

/** Where its text is not known, its name and what it was filled with say what there is to say. */
function viewTemplate({ name, language, body = [] }: Template) {
  const parameters = body.map(parameter => (parameter.type === 'text' ? parameter.text : parameter.type));
  return { name, language, parameters };
}

function textOf(content: OutboundContent | undefined, templates: TemplateTexts): string | undefined {
  return content?.type === 'template' ? templates.textOf(content.template) : contentText(content);
}
