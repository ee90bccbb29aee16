import type { WorkItems } from './dynamics/workItems.ts';
import { describeError } from './errors.ts';
import type { Engine } from './receipts/engine.ts';
import { fieldsOf } from './turn/fields.ts';
import { commandOf } from './turn/handoffSignals.ts';
import {
  isOmnichannel,
  isTaggedWhatsApp,
  type OmnichannelContext,
  readOmnichannelContext,
  wantsBridge,
} from './turn/omnichannel.ts';
import { readHandoff } from './turn/readHandoff.ts';
import { defaultReaders, type MessageReader } from './turn/readMessage.ts';
import type { ActivityLike, MiddlewareLike, TurnContextLike } from './turn/structuralTypes.ts';

/** Options of {@link OmnichannelMiddleware}. None is needed to have the bot's messages reach the customer. */
export interface OmnichannelMiddlewareOptions {
  /** Where it is remembered which customer a conversation of Dynamics 365 is with. */
  readonly workItems?: Pick<WorkItems, 'remember'>;
  /** What is told of `Escalate` and `EndConversation` that come in. */
  readonly engine?: Pick<Engine, 'reportHandoff' | 'log'>;
  /**
   * What tells the customer of an activity; the first that can tells. Microsoft documents no number in what a bot of
   * Omnichannel gets, so it takes a reader of one's own, by a context variable for instance. Default
   * {@link defaultReaders}.
   */
  readonly readers?: readonly MessageReader[];
  /** Whether a conversation is one of WhatsApp; others are not remembered. Default {@link isTaggedWhatsApp}. */
  readonly isWhatsApp?: (context: OmnichannelContext) => boolean;
}

/**
 * What a bot behind Dynamics 365's Omnichannel needs and its SDK for JavaScript does not have: its messages are marked
 * for the customer (`bridged`), and the work item that `startConversation` names is remembered, so that what Dynamics
 * tells of it later reaches the right conversation. On other channels it does nothing, and what it cannot remember never
 * reaches the bot.
 *
 * @example
 * adapter.use(new ReceiptMiddleware({ engine, readers }), new OmnichannelMiddleware({ engine, readers, workItems }));
 */
export class OmnichannelMiddleware implements MiddlewareLike {
  readonly #options: OmnichannelMiddlewareOptions;

  constructor(options: OmnichannelMiddlewareOptions = {}) {
    this.#options = options;
  }

  async onTurn(context: TurnContextLike, next: () => Promise<void>): Promise<void> {
    const { activity } = context;
    if (!isOmnichannel(activity)) return next();
    context.onSendActivities((_context, activities: { channelData?: unknown }[], send) => {
      for (const each of activities)
        if (wantsBridge(each)) each.channelData = { ...fieldsOf(each.channelData), deliveryMode: 'bridged' };
      return send();
    });
    try {
      await this.#hear(activity);
    } catch (error) {
      this.#options.engine?.log.error(describeError(error), 'What Omnichannel told could not be kept');
    }
    await next();
  }

  async #hear(activity: ActivityLike): Promise<void> {
    const { workItems, engine, isWhatsApp = isTaggedWhatsApp } = this.#options;
    const command = commandOf(activity);
    if (command !== undefined) {
      const of = this.#read(activity) ?? activity.conversation?.id ?? '';
      if (command === 'Escalate') await engine?.reportHandoff(of, 'initiated', readHandoff(activity));
      else await engine?.reportHandoff(of, 'completed');
      return;
    }
    const context = readOmnichannelContext(activity);
    if (context === undefined || !isWhatsApp(context)) return;
    const of = this.#read(activity);
    if (of === undefined)
      engine?.log.warn({}, 'A conversation of Dynamics 365 began, and no reader tells with whom');
    else
      await workItems?.remember({ workItem: context.workItem, socialProfile: context.socialProfiles[0] }, of);
  }

  #read(activity: ActivityLike) {
    for (const read of this.#options.readers ?? defaultReaders) {
      const found = read(activity);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
