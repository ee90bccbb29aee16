import type { Holder, Media, OutboundContent } from '../../../domain.ts';
import { contentBody } from '../contentBody.ts';
import { richCard } from '../richCard.ts';

/** Who the customer is told is speaking. */
export function representative(holder: Holder = 'bot'): object {
  return { representativeType: holder === 'agent' ? 'HUMAN' : 'BOT' };
}

/**
 * What a message holds, as Google's own snippets write it (bm-snippets-curl).
 *
 * @throws ProviderError as {@link contentBody}
 */
export function sendBody(content: OutboundContent): object {
  return contentBody(content, fileBody);
}

/** There are texts, pictures and cards: any other file goes out as a text with its address. */
function fileBody({ type, caption, fileName }: Media, fileUrl: string): object {
  const title = caption ?? fileName;
  if (type !== 'image') return { text: title === undefined ? fileUrl : `${title}\n${fileUrl}` };
  return caption === undefined
    ? { image: { contentInfo: { fileUrl, forceRefresh: false } } }
    : richCard(fileUrl, caption);
}
