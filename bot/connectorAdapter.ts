import { type Activity, CloudAdapter, type InvokeResponse, type TurnContext } from 'botbuilder';
import { BluetickError } from '../middleware/errors.ts';

/** An activity as it came over HTTP, checked as far as the adapter relies on it. */
export interface InboundActivity {
  readonly type: string;
  readonly [field: string]: unknown;
}

/**
 * botbuilder's `CloudAdapter`, entered behind its `process`: that one answers 500 to what a caller did wrong, tells
 * callers our exceptions' messages, and prints them with their stacks (botbuilder 4.23.3, `cloudAdapter.js`).
 */
export class ConnectorAdapter extends CloudAdapter {
  /**
   * Authenticates an activity and runs the bot for it.
   *
   * @param authorization the header `Authorization`, empty where there is none
   * @returns what the caller gets in the body: for invokes, and with `deliveryMode` `expectReplies`
   * @throws BluetickError `unauthorized`; `keys_unavailable` where Microsoft's signing keys cannot be fetched
   */
  async receive(
    authorization: string,
    body: InboundActivity,
    logic: (context: TurnContext) => Promise<void>,
  ): Promise<InvokeResponse | undefined> {
    const activity = withDates(body) as unknown as Activity;
    const caller = await this.botFrameworkAuthentication
      .authenticateRequest(activity, authorization)
      .catch(error => {
        throw refusal(error);
      });
    return this.processActivity(caller, activity, logic);
  }
}

/** As `process` does it: bots rely on instances of Date. */
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
  if (cause.name === 'FetchError' || (cause.statusCode ?? 0) >= 500)
    return new BluetickError('keys_unavailable', 'The keys that check the token cannot be fetched', {
      cause,
    });
  return new BluetickError('unauthorized', 'Send a token of the Bot Framework for this bot', { cause });
}
