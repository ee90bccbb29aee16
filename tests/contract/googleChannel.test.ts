import { describeChannel } from './channel.ts';
import { startBusinessMessages, startRbm } from './harness/google.ts';

const has = { download: false, template: false, interactive: true, window: false } as const;
const traits = { batches: false, proofHeader: 'x-goog-signature', rotates: true, has } as const;

// The signature is of what `message.data` decodes to; what stands around it is not signed, and not read.
describeChannel('RCS for Business', { ...traits, signsBody: false, start: startRbm });
describeChannel('Business Messages (shut down on 2024-07-31)', {
  ...traits,
  signsBody: true,
  start: startBusinessMessages,
});
