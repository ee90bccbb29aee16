import type { Activity, Middleware } from 'botbuilder';
import { describeError } from '../../middleware/errors.ts';
import type { Logger } from '../../middleware/ports.ts';

/**
 * Lets a bot go on where the Emulator refuses an event: the Agents Playground answers 400 to everything but messages,
 * typing and traces, and a hand-off that the bot has said is one all the same. What a customer would see still fails.
 */
export function tolerateRefusedEvents(log: Logger): Middleware {
  return {
    async onTurn(context, next) {
      if (context.activity.channelId === 'emulator') {
        context.onSendActivities(async (_context, activities: Partial<Activity>[], send) => {
          if (!activities.every(({ type }) => type === 'event')) return send();
          try {
            return await send();
          } catch (error) {
            log.info(describeError(error), 'The Emulator does not take events: the bot goes on');
            return activities.map(() => ({ id: '' }));
          }
        });
      }
      await next();
    },
  };
}
