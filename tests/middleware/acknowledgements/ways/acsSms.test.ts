import assert from 'node:assert/strict';
import { type AcsSmsOptions, createAcsSms } from '../../../../middleware/acknowledgements/ways/acsSms.ts';
import { BluetickError } from '../../../../middleware/errors.ts';
import { startWayProvider, type WayProvider } from '../../../contract/wayProvider.ts';
import { call, never } from './samples.ts';

const accessKey = Buffer.from('a-key').toString('base64');
const now = Date.UTC(2026, 10, 22, 13, 0, 0);
const item = { to: '+4915550001111', messageId: 'Outgoing_1', httpStatusCode: 202, successful: true };
const rejected = {
  status: 202,
  body: {
    value: [
      {
        ...item,
        messageId: undefined,
        httpStatusCode: 412,
        successful: false,
        repeatabilityResult: 'Rejected',
      },
    ],
  },
};

describe('createAcsSms', () => {
  let provider: WayProvider;
  let way: ReturnType<typeof createAcsSms>;
  const start = (over: Partial<AcsSmsOptions> = {}) =>
    createAcsSms({
      connectionString: `endpoint=${provider.origin};accessKey=${accessKey}`,
      from: '+15550002222',
      clock: { now: () => now },
      ...over,
    });
  beforeEach(async () => {
    provider = await startWayProvider(() => ({
      status: 202,
      body: { value: [{ ...item, repeatabilityResult: 'accepted' }] },
    }));
    way = start();
  });
  afterEach(async () => {
    await way.close();
    await provider.close();
  });

  /** First time and id of each call so far. */
  const repeatability = () =>
    provider.calls.map(({ body }) => {
      const [recipient] = JSON.parse(body.toString()).smsRecipients;
      return [recipient.repeatabilityRequestId, recipient.repeatabilityFirstSent];
    });

  it('makes calls repeatable by their bodies alone, as the SDK does', async () => {
    await way.send(call, never());
    assert.deepEqual(
      Object.keys(provider.calls[0]?.headers ?? {}).filter(name => name.startsWith('repeatability')),
      [],
    );
  });

  describe('where the service rejects the first time of a call', () => {
    const first = [call.key, 'Sun, 22 Nov 2026 12:00:00 GMT'];

    it('begins anew, now, where no earlier call can have been carried out', async () => {
      provider.strike(rejected);
      assert.deepEqual(await way.send(call, never()), { id: 'Outgoing_1' });
      assert.deepEqual(repeatability(), [first, [call.key, 'Sun, 22 Nov 2026 13:00:00 GMT']]);
    });

    it('says that it was rejected where that does not help: our clock may be wrong', async () => {
      provider.strike(rejected);
      provider.strike(rejected);
      const { fault, providerCode, ambiguous } = await way.send(call, never()).catch(error => error);
      assert.deepEqual([fault, providerCode, ambiguous], ['transient', 'repeatability_rejected', false]);
    });

    it('makes no other call where an earlier one may have been carried out', async () => {
      provider.strike(rejected);
      const sending = way.send({ ...call, interrupted: true }, never());
      const { fault, providerCode, ambiguous } = await sending.catch(error => error);
      assert.deepEqual([fault, providerCode, ambiguous], ['permanent', 'repeatability_expired', true]);
      assert.deepEqual(repeatability(), [first]);
    });
  });

  it('has an id also where the service gives none for what it took', async () => {
    provider.strike({ status: 202, body: { value: [{ ...item, messageId: null }] } });
    assert.deepEqual(await way.send(call, never()), { id: call.key });
  });

  it('cuts a text that is longer than the service takes', async () => {
    await way.send({ ...call, text: 'x'.repeat(2048) }, never());
    await way.send({ ...call, text: `${'x'.repeat(2046)}🚲🚲` }, never());
    assert.deepEqual(
      provider.calls.map(({ body }) => JSON.parse(body.toString()).message),
      ['x'.repeat(2048), `${'x'.repeat(2046)}…`],
    );
  });

  const refused: readonly [over: Partial<AcsSmsOptions>, field: string][] = [
    [{ connectionString: undefined }, 'ACS_ENDPOINT'],
    [{ connectionString: 'endpoint=https://a.example;accessKey=s3cret!' }, 'ACS_CONNECTION_STRING'],
    [{ connectionString: undefined, endpoint: 'http://acs.example.com' }, 'ACS_ENDPOINT'],
    [{ connectionString: undefined, endpoint: 'https://acs.example.com/sms' }, 'ACS_ENDPOINT'],
    [{ endpoint: 'https://acs.example.com' }, 'ACS_ENDPOINT'],
    [{ from: ' ' }, 'SMS_FROM'],
    [{ timeoutMs: 0 }, 'timeoutMs'],
  ] as readonly [Partial<AcsSmsOptions>, string][];
  for (const [over, field] of refused) {
    it(`is refused at once: ${JSON.stringify(over)}`, () =>
      assert.throws(
        () => start(over),
        (error: unknown) => {
          assert.ok(error instanceof BluetickError);
          assert.deepEqual([error.code, error.field], ['invalid_configuration', field]);
          assert.doesNotMatch(error.message, /s3cret/);
          return true;
        },
      ));
  }
});
