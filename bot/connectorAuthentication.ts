import { type Activity, CallerIdConstants, ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import { BluetickError, isBluetickError } from '../middleware/errors.ts';
import type { Logger } from '../middleware/ports.ts';
import type { MicrosoftAppConfig } from './config/microsoftApp.ts';
import { callerRules } from './copilot/skill/callerRules.ts';

/** An activity as it came over HTTP, checked as far as the adapter relies on it. */
export interface InboundActivity {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** An activity of whom we know who they are. */
export interface Arrival {
  readonly caller: Awaited<ReturnType<ConfigurationBotFrameworkAuthentication['authenticateRequest']>>;
  readonly activity: Activity;
  /** Whether another bot calls this one as its skill: all but channels do. */
  readonly isSkillCall: boolean;
}

/**
 * What checks the tokens of those who call the bot, and gets those that its answers go out with, by the settings. Without an app id it authenticates nobody: see `addBotFrameworkRoute`.
 *
 * @param allowedCallers the application ids of the agents that may call
 */
export function createConnectorAuthentication(
  app: MicrosoftAppConfig | undefined,
  allowedCallers: readonly string[],
  log: Logger,
): ConfigurationBotFrameworkAuthentication {
  const { type, id, password, tenantId, cloud } = app ?? {};
  const { credentials, ...addresses } = cloud ?? {};
  return new ConfigurationBotFrameworkAuthentication(
    {
      MicrosoftAppType: type,
      MicrosoftAppId: id,
      MicrosoftAppPassword: password,
      MicrosoftAppTenantId: tenantId,
      ...addresses,
    },
    credentials,
    app && callerRules(app, allowedCallers, log),
  );
}

/**
 * Authenticates an activity.
 *
 * @param authorization the header `Authorization`, empty where there is none
 * @throws BluetickError `unauthorized`, in the same words whatever is wrong; `forbidden` for an agent that is known and not
 *   allowed; `keys_unavailable` where Microsoft's signing keys cannot be fetched
 */
export async function authenticate(
  authentication: ConfigurationBotFrameworkAuthentication,
  authorization: string,
  body: InboundActivity,
): Promise<Arrival> {
  const activity = withDates(body) as unknown as Activity;
  const caller = await authentication.authenticateRequest(activity, authorization).catch(error => {
    throw refusal(error);
  });
  return {
    caller,
    activity,
    isSkillCall: caller.callerId?.startsWith(CallerIdConstants.BotToBotPrefix) ?? false,
  };
}

/** As `CloudAdapter.process` does it: bots rely on instances of Date. */
function withDates(body: InboundActivity): InboundActivity {
  const dates: Record<string, unknown> = {};
  for (const name of ['timestamp', 'localTimestamp', 'expiration']) {
    const value = body[name];
    if (typeof value !== 'string') continue;
    dates[name] = new Date(value);
    dates[`raw${name.charAt(0).toUpperCase()}${name.slice(1)}`] = value;
  }
  return { ...body, ...dates };
}

/** A token of which nothing good is known is refused; that we could not fetch the keys is not the caller's fault. */
function refusal(cause: Error & { statusCode?: number }): BluetickError {
  if (isBluetickError(cause) && cause.code === 'forbidden') return cause;
  if (cause.name === 'FetchError' || (cause.statusCode ?? 0) >= 500)
    return new BluetickError('keys_unavailable', 'The keys that check the token cannot be fetched', {
      cause,
    });
  return new BluetickError('unauthorized', 'Send a token of the Bot Framework for this bot', { cause });
}
