import type { Media, OutboundContent, Template, TemplateParameter } from '../../domain.ts';
import { ProviderError } from '../../errors.ts';
import type { SendCall } from '../../ports.ts';
import { userIdPrefix } from './fields.ts';
import { interactiveBody } from './interactiveBody.ts';

/** The body of a call that marks a message read, and shows typing if asked (META-TYPING: typing always reads). */
export function readBody(messageId: string, typing: boolean): object {
  return {
    messaging_product: 'whatsapp',
    status: 'read',
    message_id: messageId,
    ...(typing ? { typing_indicator: { type: 'text' } } : {}),
  };
}

/**
 * The body of a call that sends one message. A customer who hides the number is addressed with `recipient`
 * (META-BSUID); of `to` and `recipient` only one is ever given.
 *
 * @throws ProviderError `permanent` if a file has neither an address nor an id
 */
export function sendBody({ customer, content, correlation }: Omit<SendCall, 'business' | 'channel'>): object {
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...(userIdPrefix.test(customer) ? { recipient: customer } : { to: customer }),
    ...contentBody(content),
    // Echoed in every status of the message; it deduplicates nothing.
    biz_opaque_callback_data: correlation,
  };
}

function contentBody(content: OutboundContent): object {
  switch (content.type) {
    case 'text':
      return {
        type: 'text',
        text: { body: content.text },
        ...(content.replyTo === undefined ? {} : { context: { message_id: content.replyTo } }),
      };
    case 'media':
      return { type: content.media.type, [content.media.type]: mediaBody(content.media) };
    case 'interactive':
      return { type: 'interactive', interactive: interactiveBody(content.interactive) };
    case 'template':
      return { type: 'template', template: templateBody(content.template) };
  }
}

function mediaBody({ type, url, id, caption, fileName }: Media): object {
  if (url === undefined && id === undefined) {
    throw new ProviderError('A file needs an address or an id to be sent', {
      fault: 'permanent',
      is: 'media_refused',
      providerCode: 'no_media',
    });
  }
  // Voice messages and stickers have no caption: Meta would refuse the field.
  const captioned = type !== 'audio' && type !== 'sticker';
  return {
    ...(url === undefined ? { id } : { link: url }),
    ...(captioned && caption !== undefined ? { caption } : {}),
    ...(type === 'document' && fileName !== undefined ? { filename: fileName } : {}),
  };
}

function templateBody({ name, language, header = [], body = [] }: Template): object {
  const components = [
    { type: 'header', parameters: header.map(parameterBody) },
    { type: 'body', parameters: body.map(parameterBody) },
  ].filter(({ parameters }) => parameters.length > 0);
  return { name, language: { code: language }, ...(components.length === 0 ? {} : { components }) };
}

function parameterBody(parameter: TemplateParameter): object {
  if (parameter.type === 'text') return { type: 'text', text: parameter.text };
  const { type, url, fileName } = parameter;
  const named = type === 'document' && fileName !== undefined ? { filename: fileName } : {};
  return { type, [type]: { link: url, ...named } };
}
