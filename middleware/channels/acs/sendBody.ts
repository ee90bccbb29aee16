import type { Media, OutboundContent, Template, TemplateParameter } from '../../domain.ts';
import { ProviderError } from '../../errors.ts';
import type { ReadCall, SendCall } from '../../ports.ts';
import { interactiveBody } from './interactiveBody.ts';

/** The body of a call that marks a message read, and shows typing if asked: the service's default is not to. */
export function readBody({
  business,
  messageId,
  typing,
}: Pick<ReadCall, 'business' | 'messageId' | 'typing'>) {
  return { channelRegistrationId: business, messageId, ...(typing && { typingIndicator: true }) };
}

/**
 * The body of a call that sends one message (`NotificationContent`). A text cannot quote another message here, so
 * `replyTo` is left out.
 *
 * @throws ProviderError `permanent` for a file without an address: ACS fetches files, it takes none by id
 */
export function sendBody({
  business,
  customer,
  content,
}: Pick<SendCall, 'business' | 'customer' | 'content'>) {
  return { channelRegistrationId: business, to: [recipient(customer)], ...contentBody(content) };
}

/** Whether a kind of message is known to the preview version only. */
export function needsPreview(content: OutboundContent): boolean {
  return content.type === 'interactive' || (content.type === 'media' && content.media.type === 'sticker');
}

/**
 * A number goes out with its plus sign, as Azure's own pages write it (ACS-BSUID). Anything else is a business-scoped
 * user id, which is taken in the same place.
 */
function recipient(customer: string): string {
  return /^\d+$/.test(customer) ? `+${customer}` : customer;
}

function contentBody(content: OutboundContent): object {
  switch (content.type) {
    case 'text':
      return { kind: 'text', content: content.text };
    case 'media':
      return mediaBody(content.media);
    case 'interactive':
      return { kind: 'interactive', interactiveMessage: interactiveBody(content.interactive) };
    case 'template':
      return { kind: 'template', template: templateBody(content.template) };
  }
}

function mediaBody({ type, url, caption, fileName }: Media): object {
  if (url === undefined) {
    throw new ProviderError('A file needs an address to be sent over ACS', {
      fault: 'permanent',
      is: 'media_refused',
      providerCode: 'no_media',
    });
  }
  const captioned = type !== 'audio' && type !== 'sticker';
  return {
    kind: type,
    mediaUri: url,
    ...(captioned && caption !== undefined ? { caption } : {}),
    ...(type === 'document' && fileName !== undefined ? { fileName } : {}),
  };
}

/** ACS binds values by name where Meta counts places: the names are made of the places. */
function templateBody({ name, language, header = [], body = [] }: Template): object {
  const values = [...header.map(toValue('header')), ...body.map(toValue('body'))];
  if (values.length === 0) return { name, language };
  const bindings = {
    kind: 'whatsApp',
    ...(header.length > 0 && { header: header.map(toReference('header')) }),
    ...(body.length > 0 && { body: body.map(toReference('body')) }),
  };
  return { name, language, values, bindings };
}

const nameOf = (part: string, index: number) => `${part}${index + 1}`;

function toReference(part: string) {
  return (_parameter: TemplateParameter, index: number) => ({ refValue: nameOf(part, index) });
}

function toValue(part: string) {
  return (parameter: TemplateParameter, index: number): object => {
    const name = nameOf(part, index);
    if (parameter.type === 'text') return { kind: 'text', name, text: parameter.text };
    const { type, url, fileName } = parameter;
    const named = type === 'document' && fileName !== undefined ? { fileName } : {};
    return { kind: type, name, url, ...named };
  };
}
