/**
 * `bluetick/channels/meta`: Meta's WhatsApp Cloud API alone.
 *
 * @module
 */
export { createMetaChannel } from './metaChannel.ts';
export type { MetaChannelOptions } from './options.ts';
