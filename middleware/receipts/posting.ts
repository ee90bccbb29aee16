import type { AgentReports } from './agentReports.ts';
import type { AgentSigns } from './agentSigns.ts';
import type { Outbox } from './outbox.ts';

/**
 * Sends messages outside turns as {@link Outbox.post} does. An agent's comes behind the typing that was reported before it, and
 * is the event `replied`, unless it was asked for before.
 */
export function posting(
  outbox: Pick<Outbox, 'post'>,
  { agents, signs }: { agents: Pick<AgentReports, 'wrote'>; signs: Pick<AgentSigns, 'settleTyping'> },
): Outbox['post'] {
  return async (conversation, content, options) => {
    const agent = options?.sender?.by === 'agent' ? options.sender : undefined;
    if (agent !== undefined) await signs.settleTyping(conversation.id);
    const posted = await outbox.post(conversation, content, options);
    if (agent !== undefined && posted.isNew && posted.error === undefined)
      await agents.wrote(conversation, agent, posted.sent.ref);
    return posted;
  };
}
