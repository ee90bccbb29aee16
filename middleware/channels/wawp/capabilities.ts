import type { Capabilities } from '../../ports.ts';
import { linkedDeviceCapabilities } from '../linkedDevice/capabilities.ts';

/** The longest text, in characters (WAWP, `/v2/send/text`). */
export const longestText = 4096;

/**
 * What Wawp can do: what a linked device can, with a limit of its own to texts.
 *
 * @param callsPerSecond what the instance may be called with
 */
export function wawpCapabilities(callsPerSecond: number): Capabilities {
  return linkedDeviceCapabilities(callsPerSecond, longestText);
}
