import { z } from 'zod';
import { buttonsOf } from './compose.ts';
import type { Phone } from './phone.ts';

const text = z.string().min(1).max(4096);
const messageId = z.string().min(1).max(512);

/**
 * Something that the customer may do.
 *
 * @param phone the phone; made only where the body is understood
 * @returns what is answered, or `undefined` where the body is not what the act takes
 */
export type PhoneAct = (phone: () => Phone, body: unknown) => object | undefined;

/** An act whose body has a schema. */
function act<Body>(
  schema: z.ZodType<Body>,
  play: (phone: Phone, body: Body) => object | undefined,
): PhoneAct {
  return (phone, body) => {
    const read = schema.safeParse(body);
    return read.success ? play(phone(), read.data) : undefined;
  };
}

const acts = {
  messages: act(
    z.union([
      z.strictObject({ text, replyTo: messageId.optional() }),
      z.strictObject({ texts: z.array(text).min(1).max(100) }),
    ]),
    (phone, said) => {
      if ('texts' in said) return { messages: phone.sayMany(said.texts) };
      const quoting = said.replyTo === undefined ? {} : { replyTo: said.replyTo };
      return { messages: [phone.say(said.text, quoting)] };
    },
  ),

  revokes: act(z.strictObject({ messageId }), (phone, { messageId: id }) => {
    if (!phone.messages.some(message => message.id === id && message.from === 'customer')) return undefined;
    phone.revoke(id);
    return { messageId: id };
  }),

  presses: act(z.strictObject({ messageId, title: z.string().min(1) }), (phone, { messageId: id, title }) => {
    const of = phone.messages.find(message => message.id === id && message.from === 'business');
    const button = buttonsOf(of?.body).find(each => each.title === title);
    return button && { messages: [phone.press(button, { replyTo: id })] };
  }),

  reactions: act(
    z.strictObject({ messageId, emoji: z.string().min(1).max(32).optional() }),
    (phone, { messageId: id, emoji }) => {
      phone.react(id, emoji);
      return { messageId: id };
    },
  ),

  chat: act(z.strictObject({ open: z.boolean() }), (phone, { open }) => {
    if (open) phone.open();
    else phone.leave();
    return { open: phone.isOpen };
  }),

  settings: act(
    z.strictObject({ online: z.boolean().optional(), readReceipts: z.boolean().optional() }),
    (phone, { online = phone.online, readReceipts = phone.readReceipts }) => {
      phone.readReceipts = readReceipts;
      if (online !== phone.online) phone.setOnline(online);
      return { online, readReceipts };
    },
  ),

  plays: act(z.strictObject({ messageId }), (phone, played) => {
    phone.play(played.messageId);
    return played;
  }),
};

/** What the customer may do, by the last part of the route. */
export const phoneActs: ReadonlyMap<string, PhoneAct> = new Map(Object.entries(acts));
