import { describeChannel } from './channel.ts';
import { startWaha } from './harness/waha.ts';

describeChannel('WAHA', {
  batches: false,
  proofHeader: 'x-webhook-hmac',
  signsBody: true,
  rotates: true,
  has: { media: false, download: false, template: false, interactive: false, window: false },
  start: startWaha,
});
