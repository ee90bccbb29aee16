import assert from 'node:assert/strict';
import { readConfig } from '../../../bot/config.ts';

const key = 'InstrumentationKey=11111111-2222-3333-4444-555555555555';
const read = (APPLICATIONINSIGHTS_CONNECTION_STRING: string) =>
  readConfig({ APPLICATIONINSIGHTS_CONNECTION_STRING }).monitoring;

describe('the setting of Azure Monitor', () => {
  it('is off where it is absent or blank', () => {
    assert.equal(readConfig({}).monitoring, undefined);
    assert.equal(read(' '), undefined);
  });

  it('is taken as Azure gives it', () => {
    for (const text of [
      key,
      `${key};IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/;LiveEndpoint=https://westeurope.livediagnostics.monitor.azure.com/;ApplicationId=66666666-7777-8888-9999-000000000000`,
    ])
      assert.deepEqual(read(text), { connectionString: text, localEndpoint: undefined });
  });

  it('may name an endpoint on this machine, by http', () => {
    const text = `${key};IngestionEndpoint=http://127.0.0.1:4711/`;
    assert.deepEqual(read(text), { connectionString: text, localEndpoint: 'http://127.0.0.1:4711/' });
  });

  for (const [what, text] of [
    ['no key', 'IngestionEndpoint=https://example.com/'],
    ['a key that is no GUID', 'InstrumentationKey=hunter2-hunter2'],
    ['no pairs', 'hunter2-hunter2'],
    ['an endpoint that is no address', `${key};IngestionEndpoint=hunter2-hunter2`],
    ['an endpoint by http elsewhere', `${key};IngestionEndpoint=http://hunter2.example.com/`],
  ] as const) {
    it(`is refused by its name, and never shown, with ${what}`, () => {
      assert.throws(
        () => read(text),
        (error: { code?: string; field?: string; message: string }) =>
          error.code === 'invalid_configuration' &&
          error.field === 'APPLICATIONINSIGHTS_CONNECTION_STRING' &&
          error.message.startsWith('APPLICATIONINSIGHTS_CONNECTION_STRING: ') &&
          !error.message.includes('hunter2') &&
          !error.message.includes('11111111'),
      );
    });
  }
});
