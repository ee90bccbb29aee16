import { describeChannel } from './channel.ts';
import { startTwilio, twilioTemplate as template } from './harness/twilio.ts';

for (const messagingApi of ['v2', 'v3'] as const) {
  describeChannel(`Twilio, its typing indicator in ${messagingApi}`, {
    batches: false,
    proofHeader: 'x-twilio-signature',
    signsBody: true,
    rotates: true,
    has: { download: true, template: true, interactive: false, window: 'told later' },
    template,
    start: () => startTwilio(messagingApi),
  });
}
