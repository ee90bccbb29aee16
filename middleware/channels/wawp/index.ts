/**
 * `bluetick/channels/wawp`: Wawp, a linked device alone.
 *
 * @module
 */

export type { WawpChannelOptions } from './options.ts';
export { createWawpChannel } from './wawpChannel.ts';
