import { customer } from './engineWorld.ts';

/** The one number of the simulators that examples are run against. */
export const business = '106540352242922';

/**
 * A message of the simulator as our own adapter would have made an activity of it, relayed by whoever has the connector.
 *
 * @param id the message's, as the phone has it
 * @param serviceUrl the connector's
 */
export function relayedMessage(id: string, serviceUrl: string): object {
  return {
    type: 'message',
    id,
    text: 'Hello',
    channelId: 'whatsapp',
    serviceUrl,
    conversation: { id: 'conversation-1' },
    from: { id: customer, name: 'Ann' },
    recipient: { id: business, name: 'Bot' },
    channelData: { channel: 'simulator', business },
  };
}
