/**
 * `bluetick/channels/twilio`: Twilio alone.
 *
 * @module
 */

export type { TwilioChannelOptions } from './options.ts';
export { createTwilioChannel } from './twilioChannel.ts';
