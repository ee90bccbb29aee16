import assert from 'node:assert/strict';
import { mayFollow } from '../../../../middleware/channels/twilio/mediaClient.ts';
import { createTwilioChannel } from '../../../../middleware/channels/twilio/twilioChannel.ts';
import { ProviderError } from '../../../../middleware/errors.ts';
import type { WebhookChannel } from '../../../../middleware/ports.ts';
import { startTwilioStandIn, type TwilioStandIn } from '../../../support/twilioStandIn.ts';
import { business, options } from './samples.ts';

const file = { bytes: Buffer.from('a picture of a bicycle'), contentType: 'image/png' };

describe('a file that a customer sent over Twilio', () => {
  let twilio: TwilioStandIn;
  let channel: WebhookChannel;
  let id: string;
  beforeEach(async () => {
    twilio = await startTwilioStandIn();
    const { origin, accountSid, authToken } = twilio;
    const own = { accountSid, authTokens: [authToken], apiUrl: origin, messagingUrl: origin };
    channel = createTwilioChannel({ ...options, ...own, timeoutMs: 300 });
    id = idOf(twilio.keep(file));
  });
  afterEach(async () => {
    await channel.close();
    await twilio.close();
  });

  const idOf = (url: string) => url.replace(/^.*\/Messages\//, '').replace('/Media/', '/');
  const download = (mediaId = id, signal = AbortSignal.timeout(5000)) =>
    channel.downloadMedia(business, mediaId, signal);
  async function bytesOf(mediaId = id): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await download(mediaId)).body) chunks.push(chunk);
    return Buffer.concat(chunks);
  }
  async function faultOf(call: Promise<unknown>): Promise<ProviderError> {
    const error = await call.then(
      () => assert.fail('the call succeeded'),
      (error: unknown) => error,
    );
    assert.ok(error instanceof ProviderError, String(error));
    assert.ok(!`${error.message} ${JSON.stringify(error)}`.includes(id));
    return error;
  }

  it('is fetched where Twilio keeps it, which is not told who we are', async () => {
    const { contentType, size } = await download();
    assert.deepEqual([contentType, size], ['image/png', file.bytes.length]);
    assert.deepEqual(await bytesOf(), file.bytes);
    assert.match(String(twilio.calls[0]?.headers.authorization), /^Basic /);
    assert.equal(twilio.fileRequests.length, 2);
    for (const { headers } of twilio.fileRequests) assert.equal(headers.authorization, undefined);
  });
  it('is fetched from the API itself, where it is there', async () => {
    twilio.filesAt = 'api';
    assert.deepEqual(await bytesOf(), file.bytes);
    assert.equal(twilio.fileRequests.length, 0);
  });
  it('is not fetched by an id of another form: no call is made', async () => {
    for (const odd of [
      '',
      'ME1',
      '../../AC02/Messages/MM1',
      'MM1/ME1/..',
      'https://evil.example.com/MM1/ME1',
      'MM1/ME1?x',
    ])
      assert.equal((await faultOf(download(odd))).providerCode, 'unknown_media');
    assert.deepEqual(twilio.calls, []);
  });
  it('that Twilio does not have, or not for us, is a fault like any other', async () => {
    assert.equal((await faultOf(download('MM1/ME1'))).is, 'unknown_target');
    twilio.strike('auth');
    assert.equal((await faultOf(download())).fault, 'auth');
    twilio.strike('rate');
    assert.equal((await faultOf(download())).retryAfterMs, 7000);
  });
  it('that the other host does not give says nothing about our account', async () => {
    twilio.filesAt = new URL('/nothing', (await startedFileHost()) ?? twilio.origin);
    const { fault, is, providerCode } = await faultOf(download());
    assert.deepEqual([fault, is, providerCode], ['permanent', 'media_refused', 'http_403']);
  });
  for (const where of [
    'http://files.example.com/',
    'ftp://files.example.com/',
    'https://user@files.example.com/',
  ]) {
    it(`is not fetched from ${where}`, async () => {
      twilio.filesAt = new URL(where);
      assert.equal((await faultOf(download())).providerCode, 'foreign_media_host');
    });
  }
  it('is not looked for in circles', async () => {
    twilio.filesAt = new URL(
      `${twilio.origin}/2010-04-01/Accounts/${twilio.accountSid}/Messages/${id.replace('/', '/Media/')}`,
    );
    assert.equal((await faultOf(download())).providerCode, 'foreign_media_host');
    assert.equal(twilio.calls.length, 4);
  });
  it('that does not come in time, or is not wanted any more, is given up', async () => {
    twilio.strike('hang');
    const late = await faultOf(download());
    assert.deepEqual([late.providerCode, late.ambiguous], ['timeout', false]);
    twilio.strike('hang');
    const stop = new AbortController();
    const stopped = faultOf(download(id, stop.signal));
    await twilio.waitFor(() => twilio.calls.length === 2);
    stop.abort();
    assert.equal((await stopped).providerCode, 'aborted');
    twilio.strike('drop');
    assert.equal((await faultOf(download())).providerCode, 'network');
  });

  /** The other host, found by asking for a file. */
  async function startedFileHost(): Promise<string | undefined> {
    await bytesOf();
    const host = twilio.fileRequests[0]?.headers.host;
    return host === undefined ? undefined : `http://${host}`;
  }
});

describe('a file of Twilio’s, where its API is not on this machine', () => {
  it('is never fetched from this machine', () => {
    const api = new URL('https://api.twilio.com');
    for (const address of [
      'https://127.0.0.1/',
      'https://localhost:8443/',
      'https://[::1]/',
      'http://mms.twiliocdn.com/',
    ])
      assert.equal(mayFollow(new URL(address), api), false, address);
    assert.equal(mayFollow(new URL('https://mms.twiliocdn.com/a?b'), api), true);
  });
});
