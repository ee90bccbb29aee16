/**
 * `bluetick/channels/acs`: Azure Communication Services alone.
 *
 * @module
 */
export { createAcsChannel } from './acsChannel.ts';
export type { AcsChannelOptions, TokenSource } from './options.ts';
