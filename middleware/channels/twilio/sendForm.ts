import type { Media, OutboundContent, Template } from '../../domain.ts';
import type { SendCall } from '../../ports.ts';
import { writeEnd } from './address.ts';
import { statusCallback } from './callbacks.ts';
import { longestText } from './capabilities.ts';
import { cannotCall } from './faults.ts';

/** What a content template is named by at Twilio. */
const contentSid = /^HX[0-9a-fA-F]{32}$/;

/**
 * The form of a call that sends one message (TW-OAI). A text cannot quote another message here, so `replyTo` is left out.
 *
 * @param publicUrl how Twilio reaches this host
 * @throws ProviderError `permanent` for what Twilio does not take; nothing is sent then
 */
export function sendForm(
  { business, customer, content, correlation }: Omit<SendCall, 'channel'>,
  publicUrl: string,
): Readonly<Record<string, string>> {
  return {
    To: writeEnd(customer),
    From: writeEnd(business),
    ...contentForm(content),
    StatusCallback: statusCallback(publicUrl, correlation),
  };
}

function contentForm(content: OutboundContent): Readonly<Record<string, string>> {
  switch (content.type) {
    case 'text':
      return { Body: withinLimit(content.text) };
    case 'media':
      return mediaForm(content.media);
    case 'interactive':
      throw cannotCall(
        'no_interactive',
        'Twilio has buttons and lists in content templates only: send a template that has them',
      );
    case 'template':
      return templateForm(content.template);
  }
}

/** A file's name is nothing that Twilio takes, and WhatsApp shows no caption under voice messages and stickers. */
function mediaForm({ type, url, caption }: Media): Readonly<Record<string, string>> {
  if (url === undefined)
    throw cannotCall('no_media', 'A file needs an address to be sent over Twilio', 'media_refused');
  const captioned = type !== 'audio' && type !== 'sticker' && caption !== undefined;
  return { MediaUrl: url, ...(captioned && { Body: withinLimit(caption) }) };
}

/** Variables are counted through, the header's first; a file's is its address. The language is the template's own. */
function templateForm({ name, header = [], body = [] }: Template): Readonly<Record<string, string>> {
  if (!contentSid.test(name)) {
    throw cannotCall(
      'no_content_sid',
      'A template’s name over Twilio must be the id of its content: HX and 32 hex digits',
      'template_refused',
    );
  }
  const values = [...header, ...body].map(each => (each.type === 'text' ? each.text : each.url));
  if (values.length === 0) return { ContentSid: name };
  const variables = Object.fromEntries(values.map((value, index) => [String(index + 1), value]));
  return { ContentSid: name, ContentVariables: JSON.stringify(variables) };
}

function withinLimit(text: string): string {
  if (text.length <= longestText) return text;
  throw cannotCall('text_too_long', `Twilio takes texts of ${longestText} characters at most`);
}
