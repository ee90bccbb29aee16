import { CloudAdapter as AgentsCloudAdapter } from '@microsoft/agents-hosting';
import { ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import { ConnectorAdapter } from '../../bot/connectorAdapter.ts';
import { authenticate } from '../../bot/connectorAuthentication.ts';
import type {
  ActivityLike,
  MiddlewareLike,
  ResourceResponseLike,
  SdkOwn,
  TurnContextLike,
} from '../../middleware/turn/structuralTypes.ts';

/** What tests use of a context: both SDKs have it. */
export interface Context extends TurnContextLike {
  sendActivity(activity: string | object): Promise<ResourceResponseLike | undefined>;
  sendActivities(activities: readonly object[]): Promise<readonly ResourceResponseLike[]>;
}

/** A bot's host that is not ours: an SDK's own adapter for Azure Bot Service, which lets every caller in. */
export interface ForeignHost {
  use(middleware: MiddlewareLike): void;
  /** Receives an activity as over HTTP; resolves with the answer's body when the turn is over. */
  receive(activity: object, logic: (context: Context) => Promise<void>): Promise<unknown>;
  /** Lets the bot speak of its own accord. */
  proactively(activity: ActivityLike, logic: (context: Context) => Promise<void>): Promise<void>;
}

// The contexts differ in what they call an activity; the suite sends plain objects, which both take.
type Logic = (context: SdkOwn) => Promise<void>;

/** Each SDK's real adapter. */
export const foreignHosts: Readonly<Record<string, () => ForeignHost>> = {
  botbuilder() {
    const authentication = new ConfigurationBotFrameworkAuthentication({});
    const adapter = new ConnectorAdapter(authentication);
    return {
      use: middleware => void adapter.use(middleware),
      async receive(activity, logic) {
        const arrival = await authenticate(authentication, '', activity as never);
        return (await adapter.run(arrival, logic as Logic))?.body;
      },
      proactively: (activity, logic) =>
        adapter.continueConversationAsync('', referenceOf(activity) as never, logic as Logic),
    };
  },
  'the Microsoft 365 Agents SDK'() {
    const adapter = new AgentsCloudAdapter({ clientId: 'bot' });
    // Its own handler answers the customer with what went wrong.
    adapter.onTurnError = async (_context, error) => {
      throw error;
    };
    return {
      use: middleware => void adapter.use(middleware),
      async receive(activity, logic) {
        let body: unknown;
        const response = {
          headersSent: false,
          writableEnded: false,
          status: () => response,
          setHeader: () => response,
          send(sent: unknown) {
            body = sent;
            return response;
          },
          end: () => response,
        };
        const request = { body: activity, headers: {}, method: 'POST' };
        await adapter.process(request as never, response as never, logic as Logic);
        return body;
      },
      proactively: (activity, logic) =>
        adapter.continueConversation({ aud: '' }, referenceOf(activity) as never, logic as Logic),
    };
  },
};

function referenceOf({ id, from, recipient, conversation, channelId, ...activity }: ActivityLike): object {
  const { serviceUrl } = activity as { serviceUrl?: string };
  // What botbuilder calls `bot` is `agent` in the Agents SDK.
  return {
    activityId: id,
    user: from,
    bot: recipient,
    agent: recipient,
    conversation,
    channelId,
    serviceUrl,
  };
}
