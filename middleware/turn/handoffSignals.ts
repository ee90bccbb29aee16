import type { ActivityLike } from './structuralTypes.ts';

/**
 * Whether a bot lets go of the conversation with what it sends: the event `handoff.initiate` (Bot Framework, "handoff
 * protocol"), or a message whose `channelData.tags` tell Omnichannel to escalate (Dynamics 365, "bot-escalate-end-
 * conversation"; the tags are a JSON string, and names are case-sensitive).
 */
export function isHandoffInitiation({ type, name, channelData }: ActivityLike): boolean {
  if (type === 'event') return name === 'handoff.initiate';
  return type === 'message' && tagTypeOf(channelData) === 'Escalate';
}

/** The `type` of Omnichannel's tags. Tags that are no JSON are context tags, and no business of ours. */
function tagTypeOf(channelData: unknown): unknown {
  if (typeof channelData !== 'object' || channelData === null || !('tags' in channelData)) return undefined;
  try {
    const tags: unknown = JSON.parse(String(channelData.tags));
    return typeof tags === 'object' && tags !== null && 'type' in tags ? tags.type : undefined;
  } catch {
    return undefined;
  }
}
