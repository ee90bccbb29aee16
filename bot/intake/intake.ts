import type { RelayedAnswer } from '../../middleware/forwarding/forwardClient.ts';
import type { RawRequest, WebhookChannel } from '../../middleware/ports.ts';
import type { Engine } from '../../middleware/receipts/engine.ts';

/**
 * Takes in a webhook that has proved where it comes from. Once it resolves nothing of it is lost; it answers what the
 * provider is told, or `undefined` for an empty 200.
 *
 * @throws BluetickError `invalid_request`, `store_unavailable`
 */
export type Intake = (channel: WebhookChannel, request: RawRequest) => Promise<RelayedAnswer | undefined>;

/** How long the store may take to admit before it counts as away, where something else is left to do then. */
export const admitWithinMs = 2000;

/** Admits it: with the store away it is refused, so that the provider comes again. */
export function admitting(engine: Pick<Engine, 'admit'>): Intake {
  return async (channel, request) => {
    await engine.admit(channel, channel.webhook.parse(request.body, request));
    return undefined;
  };
}
