import { guidOf } from '../dynamics/executionContext.ts';
import { fieldsOf, listOf, wordsOf } from './fields.ts';
import { isCommandOnly } from './handoffSignals.ts';
import type { ActivityLike } from './structuralTypes.ts';

/** What Omnichannel tells a bot when a conversation begins. */
export interface OmnichannelContext {
  /** The id of the conversation in Dynamics 365, its "live work item". */
  readonly workItem: string;
  /** The customer's social profiles in Dynamics. */
  readonly socialProfiles: readonly string[];
  /** Among them `ChannelId-…`. */
  readonly tags: readonly string[];
  /** Everything else that it tells, context variables among it: not checked. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What the conversation's beginning is called: in the documented samples, and by Microsoft's middleware for .NET. */
const contextEvents = new Set(['startConversation', 'omnichannelSetContext']);

/** Channels on which the customer's own program writes `channelData`: what it says there proves nothing. */
const customerWritten = new Set(['directline', 'directlinespeech', 'webchat', 'emulator']);

/**
 * Whether an activity came by Dynamics 365: its channel is `omnichannel`, or, in the documented samples, another (`lcw`)
 * whose `sourceChannelId` says so.
 */
export function isOmnichannel({ channelId, channelData }: ActivityLike): boolean {
  if (channelId === 'omnichannel') return true;
  return fieldsOf(channelData).sourceChannelId === 'omnichannel' && !customerWritten.has(channelId ?? '');
}

/** Reads the event by which Omnichannel tells that a conversation begins; `undefined`: it is none. */
export function readOmnichannelContext(activity: ActivityLike): OmnichannelContext | undefined {
  const { type, name = '', value, channelData } = activity;
  if (type !== 'event' || !contextEvents.has(name) || !isOmnichannel(activity)) return undefined;
  const variables = fieldsOf(value);
  const workItem = guidOf(variables.msdyn_liveworkitemid);
  if (workItem === undefined) return undefined;
  const socialProfiles = Object.entries(variables)
    .filter(([key]) => key.startsWith('msdyn_socialprofile'))
    .flatMap(([, records]) => listOf(records).map(record => guidOf(fieldsOf(record).RecordId)))
    .filter(id => id !== undefined);
  return { workItem, socialProfiles, tags: wordsOf(fieldsOf(channelData).tags), variables };
}

/**
 * Whether a conversation is one of WhatsApp, by its tag `ChannelId-whatsapp`. The tag occurs in public code; Microsoft
 * documents no sample of WhatsApp (facts/providers.md 6.3), so a host may know better.
 */
export function isTaggedWhatsApp({ tags }: Pick<OmnichannelContext, 'tags'>): boolean {
  return tags.some(tag => tag.toLowerCase() === 'channelid-whatsapp');
}

/**
 * Whether a message of the bot is for the customer and does not say so yet: without `deliveryMode: "bridged"` in its
 * `channelData` Omnichannel shows it to agents alone (Dynamics 365, "bot-escalate-end-conversation"). A mode that the bot
 * has set stays, and so do commands, whose text is for agents.
 */
export function wantsBridge(activity: ActivityLike): boolean {
  const { type, channelData } = activity;
  if (type !== 'message' || isCommandOnly(activity)) return false;
  if (typeof (channelData ?? {}) !== 'object') return false;
  return fieldsOf(channelData).deliveryMode === undefined;
}
