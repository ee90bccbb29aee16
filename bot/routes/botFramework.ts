import type { InvokeResponse } from 'botbuilder';
import type { Request, Response, Server } from 'restify';
import { z } from 'zod';
import { BluetickError, describeError } from '../../middleware/errors.ts';
import type { Logger } from '../../middleware/ports.ts';
import type { InboundActivity } from '../connectorAuthentication.ts';
import { skillEndpoint } from '../copilot/skill/skillManifest.ts';
import { localOnly } from '../isLocal.ts';
import { header, readJson, respondError } from './respond.ts';

/** The bot, as the Bot Framework's callers reach it. */
export interface Connector {
  /** Whether callers prove who they are, as they must with an app id. */
  readonly authenticates: boolean;
  /** `PUBLIC_URL`. */
  readonly publicUrl: string | undefined;
  /** Runs the bot for an activity; answers what the caller gets in the body. */
  receive(authorization: string, activity: InboundActivity): Promise<InvokeResponse | undefined>;
}

/** What the adapter and a reply rely on: botbuilder answers 500 where it is missing. The rest is the bot's. */
export const activitySchema = z
  .looseObject({
    type: z.string().min(1),
    id: z.string().nullish(),
    conversation: z.looseObject({ id: z.string().min(1) }),
    serviceUrl: z.url({ protocol: /^https?$/ }).optional(),
    deliveryMode: z.string().nullish(),
  })
  .refine(({ serviceUrl, deliveryMode }) => serviceUrl !== undefined || deliveryMode === 'expectReplies', {
    path: ['serviceUrl'],
    error: 'nothing was got, and replies need it; allowed: the address of the connector',
  });

/**
 * `POST /api/messages`: the bot for Azure Bot Service, the Emulator and other clients of the Bot Framework, and the skill
 * for agents.
 *
 * Without an app id nobody can prove who they are, so then it serves this machine only, and not at all where
 * `PUBLIC_URL` says that the world gets here.
 */
export function addBotFrameworkRoute(server: Server, connector: Connector, log: Logger): void {
  const isOpenTo = localOnly(connector.publicUrl);

  server.post(skillEndpoint, async (request: Request, response: Response) => {
    try {
      if (!connector.authenticates && !isOpenTo(request)) {
        throw new BluetickError(
          'forbidden',
          'Without MicrosoftAppId this route serves this machine only, and only while PUBLIC_URL is not public',
        );
      }
      const answer = await connector.receive(
        header(request, 'authorization') ?? '',
        await readJson(request, activitySchema),
      );
      if (answer?.body === undefined) response.send(answer?.status ?? 200);
      else response.json(answer.status, answer.body);
    } catch (error) {
      // A 401 says nothing to its caller: where it came from is what one looks for when a bot stays silent.
      if (error instanceof BluetickError && error.cause !== undefined)
        log.debug(describeError(error.cause), 'An activity was refused');
      respondError(response, error, log);
    }
  });
}
