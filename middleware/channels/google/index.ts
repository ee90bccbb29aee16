/**
 * `bluetick/channels/google`: RCS for Business, and the retired Business Messages alone.
 *
 * @module
 */
export { createGoogleChannel } from './googleChannel.ts';
export type { GoogleChannelOptions, GoogleFormatOptions } from './options.ts';
