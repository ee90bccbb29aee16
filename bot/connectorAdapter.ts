import { CloudAdapter, type InvokeResponse, type TurnContext } from 'botbuilder';
import type { Arrival } from './connectorAuthentication.ts';

/**
 * botbuilder's `CloudAdapter`, entered behind its `process`: that one answers 500 to what a caller did wrong, tells
 * callers our exceptions' messages, and prints them with their stacks (botbuilder 4.23.3, `cloudAdapter.js`).
 */
export class ConnectorAdapter extends CloudAdapter {
  /**
   * Runs the bot for an activity whose caller is known: see `authenticate`.
   *
   * @returns what the caller gets in the body: for invokes, and with `deliveryMode` `expectReplies`
   */
  run(
    { caller, activity }: Arrival,
    logic: (context: TurnContext) => Promise<void>,
  ): Promise<InvokeResponse | undefined> {
    return this.processActivity(caller, activity, logic);
  }
}
