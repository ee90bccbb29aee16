/**
 * What each channel's folder declares, for the tables in the docs: one entry a channel, in the order of the README, whether
 * or not it is on anywhere. A channel that is added gets one here.
 *
 * @module
 */
import {
  acsCapabilities,
  defaultCallsPerSecond as acsRate,
} from '../../middleware/channels/acs/capabilities.ts';
import {
  googleCapabilities,
  defaultCallsPerSecond as googleRate,
} from '../../middleware/channels/google/capabilities.ts';
import {
  linkedDeviceCapabilities,
  defaultCallsPerSecond as linkedDeviceRate,
} from '../../middleware/channels/linkedDevice/capabilities.ts';
import {
  metaCapabilities,
  defaultCallsPerSecond as metaRate,
} from '../../middleware/channels/meta/capabilities.ts';
import {
  twilioCapabilities,
  defaultCallsPerSecond as twilioRate,
} from '../../middleware/channels/twilio/capabilities.ts';
import { wawpCapabilities } from '../../middleware/channels/wawp/capabilities.ts';
import type { ChannelName } from '../../middleware/domain.ts';
import type { Capabilities } from '../../middleware/ports.ts';

/** A channel's name and what it says that it can do. */
export interface DeclaredChannel {
  /** What its column is called, where a channel has several. Default its name. */
  readonly title?: string;
  readonly name: ChannelName;
  readonly capabilities: Capabilities;
}

export const declaredChannels: readonly DeclaredChannel[] = [
  { name: 'acs', capabilities: acsCapabilities(acsRate) },
  { name: 'meta', capabilities: metaCapabilities(metaRate) },
  {
    name: 'twilio',
    capabilities: twilioCapabilities({ callsPerSecond: twilioRate, compliance: undefined }),
  },
  { name: 'wawp', capabilities: wawpCapabilities(linkedDeviceRate) },
  { name: 'waha', capabilities: linkedDeviceCapabilities(linkedDeviceRate) },
  { name: 'google', capabilities: googleCapabilities(false, googleRate) },
  {
    name: 'google',
    title: '`google`, Business Messages',
    capabilities: googleCapabilities(true, googleRate),
  },
  { name: 'simulator', capabilities: metaCapabilities(metaRate) },
];
