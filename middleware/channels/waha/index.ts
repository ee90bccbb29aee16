/**
 * `bluetick/channels/waha`: WAHA, a linked device alone.
 *
 * @module
 */

export type { WahaChannelOptions } from './options.ts';
export { createWahaChannel } from './wahaChannel.ts';
