import type { ChannelName, Conversation } from '../domain.ts';
import { BluetickError } from '../errors.ts';
import type { MessageView } from '../ports.ts';
import { findMessage } from '../receipts/findMessage.ts';
import type { CommandParts } from './command.ts';

/** What names the target of a command: see `targetFields`. */
export interface TargetInput {
  readonly messageId?: string | undefined;
  readonly conversationId?: string | undefined;
  readonly customer?: string | undefined;
  readonly channel?: ChannelName | undefined;
  readonly business?: string | undefined;
}

/** The conversation that a command is about, and the customer's message where one was named. */
export interface Target {
  readonly conversation: Conversation;
  readonly message?: MessageView;
}

const names = ['messageId', 'conversationId', 'customer'] as const;

/** Why nothing may be found although there is something: an agent on another's WhatsApp channel knows what we do not. */
export const mustSee = 'Bluetick must also see the events of the business’s number';

type Finders = Pick<CommandParts, 'store' | 'channels'>;

/**
 * Finds what a command is about.
 *
 * @throws BluetickError `invalid_request` unless exactly one thing is named, and clearly; `unknown_message`,
 *   `unknown_conversation`. None of them repeats a number or an id
 */
export async function findTarget(parts: Finders, input: TargetInput): Promise<Target> {
  checkTarget(input);
  const { messageId, conversationId, customer, channel } = input;
  if (messageId !== undefined) {
    const message = await findInbound(parts, { messageId, channel });
    if (message === undefined)
      throw new BluetickError('unknown_message', `No such message has been seen: ${mustSee}`);
    return { conversation: message.conversation, message };
  }
  if (customer !== undefined) {
    const found = await findByCustomer(parts, { ...input, customer });
    // A conversation begins with a message of its customer's.
    if (found === undefined)
      throw new BluetickError('unknown_message', `No message of this customer has been seen: ${mustSee}`);
    return { conversation: found };
  }
  const found = await parts.store.conversation(String(conversationId));
  if (found === undefined)
    throw new BluetickError('unknown_conversation', `No such conversation has been seen: ${mustSee}`);
  return { conversation: found };
}

/** @throws BluetickError `invalid_request` unless exactly one thing is named */
export function checkTarget(input: TargetInput): void {
  const given = names.filter(name => input[name] !== undefined);
  if (given.length === 1) return;
  const got = given.length === 0 ? 'none' : given.join(' and ');
  const message = `target: got ${got}, allowed: exactly one of ${names.join(', ')}`;
  throw new BluetickError('invalid_request', message, { field: given[1] ?? 'messageId' });
}

/** The customer's message with an id of its provider. @throws BluetickError `invalid_request` without a channel */
export function findInbound(
  { store, channels }: Finders,
  { messageId, channel }: { messageId: string; channel: ChannelName | undefined },
): Promise<MessageView | undefined> {
  if (channel === undefined)
    throw new BluetickError('invalid_request', 'channel: got nothing, allowed with messageId: its channel', {
      field: 'channel',
    });
  const byName = new Map(channels.map(each => [each.name, each]));
  return findMessage({ store, channels: byName }, { channel, messageId });
}

async function findByCustomer(
  { store, channels }: Finders,
  { customer: given, channel, business }: TargetInput & { readonly customer: string },
): Promise<Conversation | undefined> {
  const customer = plainCustomer(given);
  const ends = channels
    .filter(({ name }) => channel === undefined || name === channel)
    .flatMap(({ name, businesses }) => businesses.map(each => ({ channel: name, business: each })))
    .filter(end => business === undefined || end.business === business);
  const asked = ends.map(end => store.conversation({ ...end, customer }));
  const [first, ...others] = (await Promise.all(asked)).filter(found => found !== undefined);
  const [other] = others;
  if (first === undefined || other === undefined) return first;
  const field = first.channel === other.channel ? 'business' : 'channel';
  const message = `customer: has several conversations, allowed with it: ${field}, to say which`;
  throw new BluetickError('invalid_request', message, { field });
}

/** A number as we keep it, in digits; what is none stays as it is. */
function plainCustomer(given: string): string {
  const number = given.trim().replace(/^whatsapp:/i, '');
  return /^\+?[\d\s().-]+$/.test(number) ? number.replace(/\D/g, '') : given.trim();
}
