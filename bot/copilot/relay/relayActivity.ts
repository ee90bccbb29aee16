import { parseJson } from '../../../middleware/channels/parseJson.ts';
import { fieldsOf, linesOf, textOf } from '../../../middleware/turn/fields.ts';
import type { ActivityLike } from '../../../middleware/turn/structuralTypes.ts';
import { whatsAppChannelId } from '../../../middleware/turn/toActivity.ts';
import type { AgentActivity } from './directLineClient.ts';
import { whatsAppText } from './whatsAppText.ts';

/** What a posted activity is known by. */
export interface Posting {
  /** A random id: it finds the activity again where the answer to its posting was lost. */
  readonly id: string;
  /** The customer's name there. */
  readonly user: string;
  /** Whether the same message may be there already. */
  readonly possiblyDoubled: boolean;
}

/**
 * What the agent is sent of a customer's message: what was said, and nothing that says who they are. What a button
 * carries is what was said; where that is an object, as with an Adaptive Card, it is the value. A file is named by its type
 * alone, since its address is ours; what has no words either (a place, contacts, an order) by WhatsApp's word for it.
 */
export function toAgent(activity: ActivityLike, { id, user, possiblyDoubled }: Posting): object {
  const said = wordsOf(activity);
  return {
    type: 'message',
    from: { id: user, role: 'user' },
    ...said,
    // Web Chat has the name for the same purpose; Direct Line preserves what stands here.
    channelData: { clientActivityID: id, ...(possiblyDoubled && { possiblyDoubled }) },
  };
}

function wordsOf({ text, value, attachments = [], channelData }: ActivityLike): Words {
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  if (typeof parsed === 'object' && parsed !== null) return { value: parsed };
  const files = attachments.map(({ contentType = 'file' }) => `[${contentType}]`).join(' ');
  return { text: textOf(value) || textOf(text) || files || kindOf(channelData) };
}

interface Words {
  readonly text?: string;
  readonly value?: unknown;
}

/** What a message without words is; empty where that is not known. An agent would take an empty text for a slip. */
function kindOf(channelData: unknown): string {
  const { type, location } = fieldsOf(fieldsOf(channelData).message);
  const { latitude, longitude, name, address } = fieldsOf(location);
  const place = location === undefined ? '' : ` ${latitude}, ${longitude}`;
  return textOf(type) && linesOf(`[${type}]${place}`, textOf(name), textOf(address));
}

/** The id that {@link toAgent} gave an activity; `undefined` for what somebody else posted. */
export function postedId({ channelData }: AgentActivity): string | undefined {
  return textOf(fieldsOf(channelData).clientActivityID) || undefined;
}

/** Whether the customer said it, and not the agent. */
export function isCustomers({ from }: AgentActivity, user: string): boolean {
  return from?.id === user || fieldsOf(from).role === 'user';
}

/** What is told on: whose it is and where it came from is the turn's own. */
const toldOn = [
  'type',
  'text',
  'textFormat',
  'attachments',
  'attachmentLayout',
  'suggestedActions',
  'channelData',
  'name',
  'value',
  'code',
  'inputHint',
] as const;

/**
 * What the agent said, as an activity of this turn. On WhatsApp its Markdown becomes WhatsApp's: unless the agent says that it
 * is something else, that is what its text is.
 *
 * @param channelId where the turn's customer is
 */
export function fromAgent(
  activity: AgentActivity,
  channelId: string | undefined,
): ActivityLike & { readonly type: string } {
  const fields = fieldsOf(activity);
  const told = toldOn.filter(name => fields[name] !== undefined && fields[name] !== null);
  const { text, textFormat = 'markdown' } = fields;
  const isMarkdown = channelId === whatsAppChannelId && textFormat === 'markdown';
  return {
    type: textOf(activity.type),
    ...Object.fromEntries(told.map(name => [name, fields[name]])),
    ...(isMarkdown && typeof text === 'string' && { text: whatsAppText(text), textFormat: 'plain' }),
  };
}
