import type { OutboundContent } from '../../../domain.ts';
import { addressOf, cardOf, headerFile, noTemplates, suggestionsOf, textOf } from '../suggestions.ts';

/**
 * The body of a call that sends one message (`phones.agentMessages.create`). A file has no caption: with one it becomes a
 * card. A quote cannot be sent; the text goes out without it.
 *
 * @throws ProviderError `permanent` for a template, and for a file without an address
 */
export function sendBody(content: OutboundContent): object {
  return { contentMessage: contentOf(content) };
}

function contentOf(content: OutboundContent): object {
  switch (content.type) {
    case 'text':
      return { text: content.text };
    case 'media': {
      const fileUrl = addressOf(content.media);
      const { caption } = content.media;
      return caption === undefined
        ? { contentInfo: { fileUrl } }
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
