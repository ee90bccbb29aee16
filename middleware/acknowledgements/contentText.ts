import type { OutboundContent } from '../domain.ts';

/** The text of a message that can also be read elsewhere; a template has none that we know, a file only its caption. */
export function contentText(content: OutboundContent | undefined): string | undefined {
  switch (content?.type) {
    case 'text':
      return content.text;
    case 'media':
      return content.media.caption;
    case 'interactive':
      return content.interactive.body;
    default:
      return undefined;
  }
}

/** Whether a customer's end of a conversation is a phone number, and no id that stands for a hidden one. */
export function isPhoneNumber(customer: string): boolean {
  return /^[1-9]\d{4,14}$/.test(customer);
}
