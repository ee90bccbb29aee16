import { Activity } from '@microsoft/agents-activity';
import { TurnContext as AgentsTurnContext, BaseAdapter } from '@microsoft/agents-hosting';
import { BotAdapter, TurnContext } from 'botbuilder';
import type { SdkOwn } from '../../middleware/turn/structuralTypes.ts';
import { createWhatsAppAdapter, type WhatsAppAdapter } from '../../middleware/turn/whatsAppAdapter.ts';
import type { Context } from './foreignHosts.ts';

/** Our own adapter over each SDK, for contexts as suites use them. */
export const whatsAppAdapters: Readonly<Record<string, () => WhatsAppAdapter<Context>>> = {
  botbuilder: () => createWhatsAppAdapter({ BotAdapter, TurnContext }) as SdkOwn,
  'the Microsoft 365 Agents SDK': () =>
    createWhatsAppAdapter({
      BotAdapter: BaseAdapter,
      TurnContext: AgentsTurnContext,
      Activity,
    } as SdkOwn) as SdkOwn,
};
