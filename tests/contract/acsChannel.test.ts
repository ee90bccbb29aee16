import { inCloudSchema, inGridSchema } from '../support/acsEvents.ts';
import { describeChannel } from './channel.ts';
import { startAcs } from './harness/acs.ts';

const schemas = { 'Event Grid’s schema': inGridSchema, CloudEvents: inCloudSchema };

for (const [schema, inSchema] of Object.entries(schemas)) {
  describeChannel(`ACS Advanced Messaging, events in ${schema}`, {
    batches: true,
    proofHeader: 'x-webhook-secret',
    signsBody: false,
    rotates: true,
    has: { download: true, template: true, interactive: true, window: 'told later' },
    start: () => startAcs(inSchema),
  });
}
