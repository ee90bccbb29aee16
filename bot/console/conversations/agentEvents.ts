import { api } from '../base/api.ts';
import { list } from './conversationState.ts';
import type { ConversationView } from './views.ts';

/** What an agent reports of a conversation: `docs/handoff.md`. Who it was, the host knows by the session. */
export interface AgentReport {
  readonly event: 'accepted' | 'opened' | 'typing' | 'replied' | 'transferred' | 'closed';
  /** With `transferred`: to whom. Default back to the queue. */
  readonly to?: string;
}

/**
 * Reports what an agent did, and shows what the conversation is after it.
 *
 * @throws ApiError, TypeError as `api.ask` does
 */
export async function reportAgent(conversation: string, report: AgentReport): Promise<void> {
  const path = `/api/v1/conversations/${encodeURIComponent(conversation)}/agent-events`;
  await api.ask(path, { method: 'POST', body: report });
  list.refresh(conversation);
}

/**
 * Gives a conversation that waits for an agent back to the bot.
 *
 * @throws ApiError, TypeError as `api.ask` does
 */
export async function giveBack({ id }: Pick<ConversationView, 'id'>): Promise<void> {
  await api.ask(`/api/v1/conversations/${encodeURIComponent(id)}/handoff`, { method: 'DELETE' });
  list.refresh(id);
}
