import assert from 'node:assert/strict';
import { instruments } from '../../../middleware/telemetry/instruments.ts';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';
import { type Envelope, type IngestionServer, startIngestionServer } from '../../support/ingestionServer.ts';

const propertiesOf = ({ data }: Envelope) => data.baseData.properties ?? {};

describe('what Azure Monitor is told', () => {
  const customer = '4915550007001';
  let azure: IngestionServer;
  let api: ApiHost;
  let conversation: string;
  let spans: readonly Envelope[];

  before(async () => {
    // The exporter's own statistics go to Microsoft, and not to the endpoint that it is given.
    process.env.APPLICATION_INSIGHTS_NO_STATSBEAT = 'true';
    azure = await startIngestionServer();
    api = await startApiHost({ APPLICATIONINSIGHTS_CONNECTION_STRING: azure.connectionString });
    conversation = await api.conversationWith(api.simulator.phone(customer, { name: 'Anna Anderson' }));
    // The end of the host sends what has not been told yet.
    await api.close();
    spans = azure.envelopes.filter(({ data }) => /Request|Dependency/.test(data.baseType));
  });

  after(async () => {
    await azure.close();
    delete process.env.APPLICATION_INSIGHTS_NO_STATSBEAT;
  });

  it('has one trace from the webhook over the receipt and the turn to the reply', () => {
    const done = spans.map(span => propertiesOf(span)['messaging.operation.name']).sort();
    assert.deepEqual(done, ['admit', 'markRead', 'send', 'turn']);
    assert.equal(new Set(spans.map(({ tags }) => tags['ai.operation.id'])).size, 1);
    for (const span of spans) {
      assert.equal(propertiesOf(span)['bluetick.message'], 'm1');
      assert.equal(propertiesOf(span)['messaging.message.conversation_id'], conversation);
      assert.equal(span.data.baseData.success, true);
      assert.equal(span.tags['ai.cloud.role'], 'bluetick');
    }
  });

  it('has the metrics under their names', () => {
    const named = azure.envelopes.flatMap(({ data }) => data.baseData.metrics ?? []).map(({ name }) => name);
    const known: readonly string[] = Object.values(instruments).map(({ name }) => name);
    assert.deepEqual(
      named.filter(name => !known.includes(name) && name !== '_OTELRESOURCE_'),
      [],
    );
    for (const { name } of [instruments.received, instruments.receipts, instruments.timeToBlue])
      assert.ok(named.includes(name), name);
  });

  it('names nobody', () => {
    assert.ok(azure.raw.length > 0);
    for (const text of azure.raw) {
      assert.doesNotMatch(text, /wamid|Anna|hello/);
      assert.ok(!text.includes(customer) && !text.includes(api.key));
    }
  });
});
