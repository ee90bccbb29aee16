import { z } from 'zod';
import { isWindowClosed } from '../acknowledgements/window.ts';
import type { OutboundContent } from '../domain.ts';
import { BluetickError } from '../errors.ts';
import { senderOf } from './asking.ts';
import { defineCommand } from './command.ts';
import { conversationFields, targetFields, told } from './fields.ts';
import { findTarget } from './findTarget.ts';
import { outboundFields, viewOutbound } from './outboundFields.ts';

/** What one text message of WhatsApp holds, in characters; a template's parameter no more than that. */
const longestText = 4096;

const text = () => z.string().trim().min(1).max(longestText).optional();
const parameter = (which: string) =>
  told(text(), `Template parameter ${which}`, `The ${which} parameter of the template’s text.`, 'Anna');

/** Sends the customer a text or a template. */
export const sendMessage = defineCommand({
  name: 'SendMessage',
  summary: 'Send a message',
  description:
    'Sends the customer a text, or an approved template. A text goes only in the 24 hours after the customer’s latest message; later it needs a template: the error window_closed says so. Give an idempotency key so that a repeated call does not send twice.',
  input: z.strictObject({
    ...targetFields,
    text: told(
      text(),
      'Text',
      'What to send. Give either text or templateName.',
      'Your order arrives tomorrow.',
    ),
    templateName: told(
      z.string().min(1).max(512).optional(),
      'Template name',
      'The name of an approved template. Give either text or templateName.',
      'order_update',
    ),
    templateLanguage: told(
      z.string().min(1).max(20).optional(),
      'Template language',
      'The language code of the template. Needed with templateName.',
      'en_US',
    ),
    templateParameter1: parameter('first'),
    templateParameter2: parameter('second'),
    templateParameter3: parameter('third'),
    idempotencyKey: told(
      z
        .string()
        .regex(/^[\x21-\x7e]{1,200}$/)
        .optional(),
      'Idempotency key',
      'A key of the caller’s own, of 1 to 200 visible ASCII characters: another call with the same one finds this message.',
      'order-17-shipped',
    ),
  }),
  output: z.object({
    ...conversationFields,
    messageId: told(
      z.string(),
      'Message id',
      'The provider’s id of the message, or Bluetick’s own until the provider has it: GetMessageStatus takes both.',
      'o17',
    ),
    ...outboundFields,
  }),
  errors: ['invalid_request', 'unknown_message', 'unknown_conversation', 'window_closed', 'conflict'],
  async run(parts, input, by) {
    const content = contentOf(input);
    const { conversation } = await findTarget(parts, input);
    const { idempotencyKey } = input;
    const { sent, error } = await parts.engine.post(conversation, content, {
      sender: senderOf(by),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    });
    if (isWindowClosed(error)) throw error;
    const entry = await parts.store.ledgerEntry({ ref: sent.ref });
    if (entry === undefined) throw new BluetickError('unknown_message', 'There is no such message');
    const { id, channel } = conversation;
    return {
      conversationId: id,
      channel,
      messageId: entry.providerId ?? entry.ref,
      ...viewOutbound(entry),
    };
  },
});

interface ContentInput {
  readonly text?: string | undefined;
  readonly templateName?: string | undefined;
  readonly templateLanguage?: string | undefined;
  readonly templateParameter1?: string | undefined;
  readonly templateParameter2?: string | undefined;
  readonly templateParameter3?: string | undefined;
}

function contentOf(input: ContentInput): OutboundContent {
  const { text, templateName: name, templateLanguage: language } = input;
  const numbered = [input.templateParameter1, input.templateParameter2, input.templateParameter3];
  const given = numbered.filter(value => value !== undefined);
  if ((text === undefined) === (name === undefined)) throw notAllowed('text', 'either text or templateName');
  if (text !== undefined) {
    if (language !== undefined || given.length > 0)
      throw notAllowed('templateLanguage', 'with templateName, as the parameters are');
    return { type: 'text', text };
  }
  if (name === undefined || language === undefined)
    throw notAllowed('templateLanguage', 'a language code with templateName');
  if (numbered.slice(0, given.length).includes(undefined))
    throw notAllowed('templateParameter1', 'parameters from the first on, without a gap');
  const body = given.map(value => ({ type: 'text' as const, text: value }));
  return { type: 'template', template: { name, language, ...(body.length > 0 && { body }) } };
}

function notAllowed(field: string, allowed: string): BluetickError {
  return new BluetickError('invalid_request', `${field}: allowed: ${allowed}`, { field });
}
