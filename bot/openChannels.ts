import { createMetaChannel } from '../middleware/channels/meta/metaChannel.ts';
import { createTwilioChannel } from '../middleware/channels/twilio/twilioChannel.ts';
import { createWahaChannel } from '../middleware/channels/waha/wahaChannel.ts';
import { createWawpChannel } from '../middleware/channels/wawp/wawpChannel.ts';
import type { Logger, WebhookChannel } from '../middleware/ports.ts';
import type { Renewal } from './secrets/renewal.ts';
import { renewedChannel } from './secrets/renewedChannel.ts';
import type { Simulator } from './simulator/simulator.ts';

/**
 * Opens the channels that the settings turn on, so that each takes new secrets, and the simulator's, which has its own. Says
 * what one should know of those that are unofficial or shut down.
 */
export async function openChannels(
  renewal: Renewal,
  simulator: Simulator | undefined,
  log: Logger,
): Promise<readonly WebhookChannel[]> {
  const held = [
    // Azure's SDK takes a fifth of a second to load: for those who use it.
    await renewal.hold(
      ({ acs }) => acs,
      async acs => (await import('../middleware/channels/acs/acsChannel.ts')).createAcsChannel(acs),
    ),
    await renewal.hold(({ meta }) => meta, createMetaChannel),
    await renewal.hold(({ twilio }) => twilio, createTwilioChannel),
    await renewal.hold(
      ({ google }) => google,
      async google =>
        (await import('../middleware/channels/google/googleChannel.ts')).createGoogleChannel(google),
    ),
    await renewal.hold(({ waha }) => waha, createWahaChannel),
    await renewal.hold(({ wawp }) => wawp, createWawpChannel),
  ];
  const channels = [
    ...(simulator ? [createMetaChannel({ ...simulator.channelOptions, name: 'simulator' })] : []),
    ...held.filter(channel => channel !== undefined).map(renewedChannel),
  ];
  for (const { name: channel, capabilities } of channels)
    for (const warning of [capabilities.retired, capabilities.unofficial])
      if (warning !== undefined) log.warn({ channel }, warning);
  return channels;
}
