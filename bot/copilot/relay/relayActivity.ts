import { parseJson } from '../../../middleware/channels/parseJson.ts';
import { fieldsOf, textOf } from '../../../middleware/turn/fields.ts';
import type { ActivityLike } from '../../../middleware/turn/structuralTypes.ts';
import type { AgentActivity } from './directLineClient.ts';

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
 * alone, since its address is ours.
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

function wordsOf({ text, value, attachments = [] }: ActivityLike): { text?: string; value?: unknown } {
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  if (typeof parsed === 'object' && parsed !== null) return { value: parsed };
  const files = attachments.map(({ contentType = 'file' }) => `[${contentType}]`).join(' ');
  return { text: textOf(value) || textOf(text) || files };
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

/** What the agent said, as an activity of this turn. */
export function fromAgent(activity: AgentActivity): ActivityLike & { readonly type: string } {
  const fields = fieldsOf(activity);
  const told = toldOn.filter(name => fields[name] !== undefined && fields[name] !== null);
  return {
    type: textOf(activity.type),
    ...Object.fromEntries(told.map(name => [name, fields[name]])),
  };
}
