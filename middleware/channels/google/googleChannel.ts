import { ProviderError } from '../../errors.ts';
import type { WebhookChannel } from '../../ports.ts';
import { requirePackage } from '../requirePackage.ts';
import { unknownBusiness } from '../unknownBusiness.ts';
import { createBusinessMessages } from './businessMessages/businessMessages.ts';
import { googleCapabilities } from './capabilities.ts';
import type { GoogleFormat } from './format.ts';
import { checkOptions, type GoogleChannelOptions } from './options.ts';
import { createRbm } from './rbm/rbm.ts';
import { createWebhook } from './webhook.ts';

/**
 * Connects to RCS for Business, to the retired Business Messages format, or to both: an agent belongs to one of them, and
 * so do its conversations. **Google shut Business Messages down on 2024-07-31**: its format is for what still speaks it.
 *
 * ```ts
 * const channel = createGoogleChannel({
 *   rbm: { agentIds: ['my_agent'], serviceAccount: await readFile('key.json', 'utf8'), clientTokens: [token] },
 * });
 * ```
 *
 * @throws BluetickError `invalid_configuration` if neither format is on, or if of one that is on an agent, the key of the
 *   service account or a client token is missing, if its address is not https, or if the package
 *   `google-auth-library` is not installed
 */
export function createGoogleChannel(options: GoogleChannelOptions): WebhookChannel {
  const checked = checkOptions(options);
  requirePackage('google-auth-library', 'The channel google');
  const rbm = checked.rbm && createRbm(checked.rbm, checked);
  const businessMessages =
    checked.businessMessages && createBusinessMessages(checked.businessMessages, checked);
  const formats = [rbm, businessMessages].filter(format => format !== undefined);

  const formatOf = (business: string): GoogleFormat => {
    const format = formats.find(({ businesses }) => businesses.includes(business));
    if (format !== undefined) return format;
    throw unknownBusiness('agent');
  };

  return {
    name: 'google',
    businesses: formats.flatMap(({ businesses }) => businesses),
    capabilities: googleCapabilities(businessMessages !== undefined, checked.callsPerSecond),
    webhook: createWebhook(checked, { rbm, businessMessages }),
    markRead: async (call, signal) => formatOf(call.business).markRead(call, signal),
    setTyping: async (call, signal) => formatOf(call.business).setTyping(call, signal),
    // Only Business Messages shows who speaks.
    ...(businessMessages !== undefined && {
      showRepresentative: async (call, signal) => formatOf(call.business).showRepresentative?.(call, signal),
    }),
    send: async (call, signal) => formatOf(call.business).send(call, signal),
    async downloadMedia() {
      throw new ProviderError('Google keeps no files for us: a message holds the address of its file', {
        fault: 'permanent',
        providerCode: 'no_media',
        is: 'media_refused',
      });
    },
    async close() {
      await Promise.all(formats.map(format => format.close()));
    },
  };
}
