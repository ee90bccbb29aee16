/**
 * The events by which a bot's topics decide about receipts: a Copilot Studio agent has no handle such as `receiptsOf`, but
 * every topic can send an event (facts/bot-stack.md 5.1). Their values have the fields of the commands, without those that
 * name a target: that is the message which the turn answers.
 *
 * @module
 */
import { z } from 'zod';
import { told } from '../commands/fields.ts';
import { givenFields } from '../commands/givenFields.ts';
import { policyFields } from '../commands/policyFields.ts';
import { section } from '../policy/schemaParts.ts';
import type { ActivityLike } from './structuralTypes.ts';

/** How much of a field's name that nobody knows is told: enough to find the slip by. */
const longestKey = 60;

const noFields = z.strictObject({}, { error: 'allowed: no fields, the event has no value' });

/** The events by name, each with the schema of its value. */
export const topicEvents = {
  'bluetick.markRead': section({
    includeHeld: told(
      z.boolean().optional(),
      'Include held',
      'Whether earlier messages that are held may be read with it. Default false: then the receipt waits behind them.',
      false,
    ),
  }),
  'bluetick.hold': noFields,
  'bluetick.showTyping': noFields,
  'bluetick.setPolicy': section({
    ...policyFields,
    reset: told(
      z.boolean().optional(),
      'Reset',
      'Whether the settings that were made before, for the same scope, are taken away first. Default false.',
      false,
    ),
    scope: told(
      z.enum(['message', 'conversation']).optional(),
      'Scope',
      'What the settings hold for: the message that is answered and its answer, or the conversation from now on. Default message.',
      'conversation',
    ),
  }).refine(({ scope, ...settings }) => Object.keys(settings).length > 0, {
    error: 'allowed: one setting at least, or reset',
    path: ['readWhen'],
  }),
} as const;

/** One of the names of {@link topicEvents}. */
export type TopicEventName = keyof typeof topicEvents;

/** An event with the value that its schema allows. */
export type TopicEvent = {
  [Name in TopicEventName]: { readonly name: Name; readonly value: z.infer<(typeof topicEvents)[Name]> };
}[TopicEventName];

/** Why an event cannot be obeyed, in words that hold nothing of its value. */
export interface TopicEventFault {
  /** The path of the field at fault: `name`, `value`, or such as `value.readWhen`. */
  readonly field: string;
  readonly because: string;
}

/**
 * Whether something that a bot sends is for us, and so for nobody else: an event whose name begins with `bluetick.`, in
 * whatever case. A name that we do not know is a slip of its maker's, which the customer's channel cannot mend.
 */
export function isTopicEvent({ type, name }: ActivityLike): boolean {
  return type === 'event' && typeof name === 'string' && /^bluetick\./i.test(name);
}

/**
 * Reads one of our events.
 *
 * @param activity one that {@link isTopicEvent}; its value is read as {@link givenFields} says
 */
export function readTopicEvent({ name, value }: ActivityLike): TopicEvent | TopicEventFault {
  if (!isKnown(name)) return { field: 'name', because: `allowed: ${Object.keys(topicEvents).join(', ')}` };
  const result = topicEvents[name].safeParse(givenFields(value));
  // The compiler does not follow which schema belongs to which name.
  if (result.success) return { name, value: result.data } as TopicEvent;
  const [issue] = result.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? [issue.keys[0]?.slice(0, longestKey)] : [];
  return {
    field: ['value', ...(issue?.path ?? []), ...unknown].join('.'),
    because: issue?.message ?? 'not known',
  };
}

function isKnown(name: string | undefined): name is TopicEventName {
  return name !== undefined && Object.hasOwn(topicEvents, name);
}
