import type { Channel } from '../../ports.ts';
import { unknownBusiness } from '../unknownBusiness.ts';
import { createTwilioApi } from './api.ts';
import { barredBy } from './capabilities.ts';
import { cannotCall } from './faults.ts';
import { createMediaClient } from './mediaClient.ts';
import type { CheckedOptions } from './options.ts';
import { readMessageState } from './readStatus.ts';
import { sendForm } from './sendForm.ts';
import { createTypingClient } from './typingClient.ts';

/** The calls that a channel makes, on connections of its own. */
export type Calls = Pick<Channel, 'markRead' | 'send' | 'downloadMedia' | 'close'> &
  Required<Pick<Channel, 'fetchStatus'>>;

/** Makes the calls of one connection to Twilio. */
export function createCalls(options: CheckedOptions): Calls {
  const { accountSid, numbers, publicUrl, compliance, clock } = options;
  const api = createTwilioApi(options.account);
  const typingClient = createTypingClient(options);
  const mediaClient = createMediaClient(options);

  const requireOwn = (business: string) => {
    if (!numbers.includes(business)) throw unknownBusiness('business number');
  };

  return {
    async markRead({ business, messageId, typing }, signal) {
      requireOwn(business);
      if (compliance !== undefined) throw cannotCall('barred', `No call was made: ${barredBy(compliance)}`);
      if (!typing)
        throw cannotCall('no_silent_read', 'Twilio cannot mark a message read without showing typing');
      await typingClient.show(messageId, signal);
    },
    async send(call, signal) {
      requireOwn(call.business);
      const { id } = await api.create('Messages', sendForm(call, publicUrl), signal);
      return { providerId: id };
    },
    async fetchStatus({ business, providerId }, signal) {
      requireOwn(business);
      return readMessageState(await api.fetchMessage(providerId, signal), { accountSid, now: clock.now() });
    },
    async downloadMedia(business, mediaId, signal) {
      requireOwn(business);
      return mediaClient.open(mediaId, signal);
    },
    async close() {
      await Promise.all([api.close(), typingClient.close(), mediaClient.close()]);
    },
  };
}
