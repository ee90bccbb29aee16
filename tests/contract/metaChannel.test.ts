import { describeChannel } from './channel.ts';
import { startMeta } from './harness/meta.ts';

for (const name of ['meta', 'simulator'] as const) {
  describeChannel(`Meta’s Cloud API as \`${name}\``, {
    batches: true,
    proofHeader: 'x-hub-signature-256',
    signsBody: true,
    rotates: true,
    has: { download: true, template: true, interactive: true, window: true },
    start: () => startMeta(name),
  });
}
