import { isHandoffInitiation } from './turn/handoffSignals.ts';
import type { ActivityLike, MiddlewareLike, TurnContextLike } from './turn/structuralTypes.ts';
import { turnOf } from './turn/turnOf.ts';

/**
 * Puts read receipts, typing and reply timing under the policy's control in a bot's pipeline: typing shows while
 * the dialog works, the dialog runs after the thinking delay, and its first reply goes out after the receipt that
 * is due in this turn and after the pacing delay. When the dialog hands the conversation to a human, the receipts
 * follow `policy.handoff` from then on.
 *
 * It acts on messages only, and whatever becomes of a receipt never reaches the dialog.
 *
 * @remarks Register it first, so that what other middleware sends is timed too:
 *
 * @example
 * adapter.use(new ReceiptMiddleware());
 */
export class ReceiptMiddleware implements MiddlewareLike {
  async onTurn(context: TurnContextLike, next: () => Promise<void>): Promise<void> {
    const turn = turnOf(context);
    if (turn === undefined || context.activity.type !== 'message') return next();

    context.onSendActivities(async (_context, activities: readonly ActivityLike[], send) => {
      const handsOff = activities.some(isHandoffInitiation);
      const reply = activities.find(({ type }) => type === 'message');
      // What is said with a hand-off is a notice of it: it is not paced.
      if (handsOff) turn.hurry();
      if (reply !== undefined) await turn.beforeReply(reply.text?.length ?? 0);
      const responses = await send();
      if (handsOff) await turn.handOff();
      return responses;
    });
    await turn.think();
    try {
      await next();
    } catch (error) {
      turn.hurry();
      throw error;
    }
  }
}
