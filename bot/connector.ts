import type { ConfigurationBotFrameworkAuthentication, TurnContext } from 'botbuilder';
import { BluetickError } from '../middleware/errors.ts';
import type { RequestLimits } from './access/requestLimits.ts';
import { ConnectorAdapter } from './connectorAdapter.ts';
import { authenticate } from './connectorAuthentication.ts';
import type { Connector } from './routes/botFramework.ts';

/** A bot for one kind of callers. */
type Logic = (context: TurnContext) => Promise<void>;

/** What is behind `/api/messages`. */
export interface ConnectorParts {
  /** What checks their tokens. */
  readonly authentication: ConfigurationBotFrameworkAuthentication;
  /** Whether callers prove who they are. */
  readonly authenticates: boolean;
  /** How often an agent may call. */
  readonly limits: Pick<RequestLimits, 'checkCaller'>;
  /** `PUBLIC_URL`. */
  readonly publicUrl: string | undefined;
  /** Who answers channels; absent in a sidecar, where no dialog runs. */
  readonly bot: { readonly adapter: ConnectorAdapter; readonly run: Logic } | undefined;
  /** Who answers agents that call the host as their skill. */
  readonly skill: Logic;
}

/**
 * The way in for Azure Bot Service, the Emulator and other clients of the Bot Framework, and for agents that call the host
 * as their skill. Those have an adapter of their own: no middleware of the bot sees their turns, and where one fails nobody
 * apologises to the people that the agent talks to.
 */
export function createConnector(parts: ConnectorParts): Connector {
  const { authentication, authenticates, limits, publicUrl, bot, skill } = parts;
  const skillAdapter = new ConnectorAdapter(authentication);
  return {
    authenticates,
    publicUrl,
    async receive(authorization, activity) {
      const arrival = await authenticate(authentication, authorization, activity);
      if (arrival.isSkillCall) {
        // By its application. Channels are not limited: what customers write to a bot comes in bursts, and is not theirs to repeat.
        limits.checkCaller(arrival.caller.callerId);
        return skillAdapter.run(arrival, skill);
      }
      if (bot === undefined)
        throw new BluetickError('forbidden', 'No bot runs in a sidecar: this route serves its skill only');
      return bot.adapter.run(arrival, bot.run);
    },
  };
}
