import type { Holder, OutboundContent } from '../../../domain.ts';
import { addressOf, cardOf, headerFile, noTemplates, suggestionsOf, textOf } from '../suggestions.ts';

/** Who the customer is told is speaking. */
export function representative(holder: Holder = 'bot'): object {
  return { representativeType: holder === 'agent' ? 'HUMAN' : 'BOT' };
}

/**
 * What a message holds, as Google's own snippets write it (bm-snippets-curl). There are texts, pictures and cards: any other
 * file goes out as a text with its address. A quote cannot be sent; the text goes out without it.
 *
 * @throws ProviderError `permanent` for a template, and for a file without an address
 */
export function sendBody(content: OutboundContent): object {
  switch (content.type) {
    case 'text':
      return { text: content.text };
    case 'media': {
      const fileUrl = addressOf(content.media);
      const { type, caption, fileName } = content.media;
      const title = caption ?? fileName;
      if (type !== 'image') return { text: title === undefined ? fileUrl : `${title}\n${fileUrl}` };
      return caption === undefined
        ? { image: { contentInfo: { fileUrl, forceRefresh: false } } }
        : { richCard: cardOf(fileUrl, caption, []) };
    }
    case 'interactive': {
      const { interactive } = content;
      const fileUrl = headerFile(interactive);
      const suggestions = suggestionsOf(interactive);
      const text = textOf(interactive);
      return fileUrl === undefined ? { text, suggestions } : { richCard: cardOf(fileUrl, text, suggestions) };
    }
    case 'template':
      throw noTemplates();
  }
}
