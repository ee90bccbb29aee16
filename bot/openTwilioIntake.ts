import type { ForwardClient } from '../middleware/forwarding/forwardClient.ts';
import { createTwilioForward } from '../middleware/forwarding/twilioForward.ts';
import type { Logger, Store, WebhookChannel } from '../middleware/ports.ts';
import type { Engine } from '../middleware/receipts/engine.ts';
import { systemClock as clock } from '../middleware/timing/systemClock.ts';
import type { Config } from './config.ts';
import type { TwilioIntake } from './intake/twilioIntake.ts';
import type { Renewal } from './secrets/renewal.ts';

/** What {@link openTwilioIntake} is made of. */
export interface TwilioParts {
  readonly channels: readonly WebhookChannel[];
  readonly renewal: Renewal;
  readonly engine: Engine;
  readonly store: Store;
  readonly log: Logger;
}

/** Opens Twilio's way in, for those who use it; `undefined`: the channel is off. */
export async function openTwilioIntake(
  { twilio, twilioForward, dataFolder, mode }: Config,
  { channels, renewal, ...parts }: TwilioParts,
): Promise<TwilioIntake | undefined> {
  const channel = channels.find(({ name }) => name === 'twilio');
  if (twilio === undefined || channel === undefined) return undefined;
  if (twilioForward !== undefined && mode === 'gateway')
    parts.log.warn(
      {},
      'TWILIO_FORWARD_URL is set in the gateway mode: the bot here answers too. See BLUETICK_MODE',
    );
  const { createTwilioIntake } = await import('./intake/twilioIntake.ts');
  return createTwilioIntake({ ...parts, channel, dataFolder, forward: await openForward(renewal) });
}

/** What passes the number's requests on, signed by the auth token of the moment. */
async function openForward(renewal: Renewal): Promise<ForwardClient | undefined> {
  const held = await renewal.hold(
    ({ twilioForward }) => twilioForward,
    forward => createTwilioForward({ ...forward, clock }),
  );
  return (
    held && {
      send: (request, signal) => held.use(client => client.send(request, signal)),
      close: () => held.close(),
    }
  );
}
