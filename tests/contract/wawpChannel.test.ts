import { describeChannel } from './channel.ts';
import { startWawp } from './harness/wawp.ts';

describeChannel('Wawp', {
  batches: false,
  signsBody: false,
  rotates: true,
  has: { media: false, download: false, template: false, interactive: false, window: false },
  start: startWawp,
});
